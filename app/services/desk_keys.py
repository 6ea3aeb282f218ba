"""The keys that work now, in the order of the key bar. Close to SLiMS where staff have them in their fingers."""

from __future__ import annotations

from app.services import session as modes
from app.services.session import Session
from app.services.view import KeyHint, MemberCard, Question


def keys_now(session: Session, member: MemberCard | None, question: Question | None) -> tuple[KeyHint, ...]:
    """The keys of this moment; while a question is open only its answers."""
    if question is not None:
        return tuple(
            KeyHint(answer.key, answer.action, _SHORT.get(answer.code, answer.code))
            for answer in question.answers
            if answer.enabled and answer.code in _SHORT
        )
    hints = [KeyHint("F1", "help", "help")]
    if session.mode == modes.RETURN or not member:
        hints.append(KeyHint("F2", "lend", "lend"))
    hints.append(KeyHint("F3", "return", "return"))
    hints.append(KeyHint("F5", "renew", "renew"))
    if session.unknown_card:
        hints.append(KeyHint("F6", "register", "register"))
    else:
        hints.append(KeyHint("F6", "find-member", "find-member"))
    hints.append(KeyHint("F7", "find-title", "find-title"))
    # One row of keys holds what a reader at the desk may need now; the slip before theirs is not among it.
    hints.append(KeyHint("F8", "reprint", "reprint", shown=member is None))
    owes = member is not None and member.owed > 0
    late = session.last_fined is not None
    if owes or (member is None and late):
        hints.append(KeyHint("F9", "pay", "pay"))
    elif member is not None and member.credit > 0:
        hints.append(KeyHint("F9", "pay", "refund"))
    if member is not None:
        hints.append(KeyHint("F10", "history", "history", shown=False))
    if session.last_unknown:
        hints.append(KeyHint("F11", "provisional", "provisional"))
    if member is not None and any(note.code in ("expired", "expires-soon") for note in member.notes):
        hints.append(KeyHint("Ctrl+R", "extend", "extend"))
    if member is not None and member.loans > 1:
        hints.append(KeyHint("Ctrl+E", "renew-all", "renew-all", shown=False))
    if member is not None and member.loans:
        hints.append(KeyHint("Ctrl+T", "renew-phone", "renew-phone", shown=session.mode == modes.RENEW))
    hints.append(KeyHint("Ctrl+Z", "undo", "undo", shown=session.may_undo))
    if session.last_return is not None or session.last_broken is not None:
        hints.append(KeyHint("Ctrl+K", "condition", "condition"))
    elif member is not None and member.loans:
        hints.append(KeyHint("Ctrl+K", "condition", "lost"))
    hints.append(KeyHint("F12", "last", "last"))
    unmanned = session.unmanned()
    hints.append(KeyHint("Ctrl+P", "sign-in", "enter" if unmanned else "sign-in", shown=unmanned))
    hints.append(KeyHint("Ctrl+S", "settings", "settings", shown=False))
    open_now = bool(session.acted or member is not None or session.mode != modes.AUTO)
    code = "finish" if session.acted and session.prints else "finish-plain"
    hints.append(KeyHint("Enter", "finish", code, shown=open_now))
    return tuple(hints)


_SHORT = {
    "pay-first": "pay-first",
    "approve-lend": "approve",
    "approve-renew": "approve",
    "approve": "approve",
    "approve-all": "approve-all",
    "approve-void": "approve",
    "approve-waive": "approve",
    "approve-undo": "approve",
    "undo-earlier": "undo",
    "keep": "keep",
    "extend": "renew",
    "approve-refund": "approve",
    "approve-lost": "approve",
    "approve-due": "approve",
    "approve-return": "approve",
    "parts-lend": "parts-lend",
    "cancel": "cancel",
    "close": "close",
    "pick": "pick",
    "save": "save",
    "register": "register",
    "find-member": "find-member",
    "look": "look",
    "lend-provisional": "save",
    "reprint": "reprint",
    "repair": "repair",
    "return": "return",
    "renew": "renew",
    "renew-phone": "renew-phone",
    "renew-all": "renew-all",
    "return-first": "return-first",
    "return-only": "return",
    "sign-in": "enter",
    "sign-in-other": "enter",
    "pay": "take-payment",
    "give-change": "give-change",
    "keep-credit": "keep-credit",
    "settle": "settle",
    "waive": "waive",
    "refund": "give-back",
    "due-later": "due-later",
    "record-lost": "lost",
    "yes": "approve",
}

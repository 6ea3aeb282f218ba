"""The open reader's card and its notes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from app.domain.records import Member
from app.domain.standing import days_past
from app.domain.verdict import Param, Reason, Verdict
from app.ports import LoanLine, MemberHit
from app.services.show.phrases import NOTE_LETTERS, block_note
from app.services.view import MemberCard, Note, Tone


def member_card(
    hit: MemberHit,
    type_name: str,
    limit: int | None,
    lines: Sequence[LoanLine],
    ready: Sequence[tuple[str, str]],
    standing: Verdict,
    now: datetime,
    photo: bytes,
    signed: Collection[str] = (),
) -> MemberCard:
    """The open reader's card; `ready` are holds that stand aside, as (title, shelf).

    `signed` are the codes that one signature answers for this whole transaction.
    """
    member = hit.member
    notes: list[Note] = [note for reason in standing.reasons if (note := _standing_note(reason, member)) is not None]
    if signed:
        notes.insert(0, Note(Tone.TOLD, "signed", {"what": ",".join(f"signed-{code}" for code in sorted(signed))}))
    if len(ready) == 1:
        notes.append(Note(Tone.ASIDE, "hold-ready", {"title": ready[0][0], "shelf": ready[0][1]}))
    elif ready:
        notes.append(Note(Tone.ASIDE, "holds-ready", {"n": len(ready), "shelf": ready[0][1]}))
    notes.extend(_due_notes(lines, now))
    if hit.facts.owed:
        notes.append(Note(Tone.NEEDS, "owes", {"amount": hit.facts.owed}))
    if hit.credit > 0:
        notes.append(Note(Tone.TOLD, "credit", {"amount": hit.credit}))
    if member.notes.strip():
        notes.append(Note(Tone.TOLD, "text", {"text": " ".join(member.notes.split())[:NOTE_LETTERS]}))
    return MemberCard(
        name=member.name,
        member_no=member.member_no,
        member_type=type_name,
        institution=member.institution,
        expires_on=member.expires_on,
        expired=member.expires_on is not None and member.expires_on < now.date(),
        photo=photo,
        loans=len(hit.facts.loans),
        limit=limit,
        owed=hit.facts.owed,
        credit=max(hit.credit, 0),
        holds_ready=len(ready),
        notes=tuple(notes),
    )


def _standing_note(reason: Reason, member: Member) -> Note | None:
    params = dict(reason.params)
    match reason.code:
        case "member-expired":
            return Note(Tone.NO, "expired", {"expires_on": params.get("on")})
        case "member-expiring":
            return Note(Tone.NEEDS, "expires-soon", {"expires_on": params.get("on")})
        case "member-blocked":
            why = block_note(member)
            return Note(Tone.NO, "blocked", {"text": why}) if why else Note(Tone.NO, "blocked-plain")
        case "member-suspended":
            return Note(Tone.NO, "suspended", {"until": params.get("until")})
        case "card-lost":
            return Note(Tone.NO, "card-lost")
    return None


def _due_notes(lines: Sequence[LoanLine], now: datetime) -> list[Note]:
    late = [line for line in lines if days_past(line.due_on, line.due_at, now) > 0]
    if len(late) > 1:
        return [Note(Tone.NEEDS, "late-many", {"n": len(late)})]
    notes = []
    for line in lines:
        days = days_past(line.due_on, line.due_at, now)
        facts: dict[str, Param] = {"title": line.title, "barcode": line.barcode, "n": days}
        if days > 0:
            notes.append(Note(Tone.NEEDS, "late", facts))
        elif days == 0:
            notes.append(Note(Tone.NEEDS, "due-today", facts))
        elif days == -1:
            notes.append(Note(Tone.NEEDS, "due-tomorrow", facts))
    return notes[:2]

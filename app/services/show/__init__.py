"""Outcomes as the screen shows them: banners, rows, chips, the reader's card. Codes and facts, no words."""

from __future__ import annotations

from app.services.show.banners import banner
from app.services.show.card import member_card
from app.services.show.phrases import hold_number, shelf
from app.services.show.rows import act_row, row, running_row
from app.services.show.sounds import sound

__all__ = ["act_row", "banner", "hold_number", "member_card", "row", "running_row", "shelf", "sound"]

"""The address on a slip: plain https, and nothing on it but the library and the number."""

from __future__ import annotations

import pytest

from app.domain.reader_page import check_address, page_of

ADDRESS = "https://perpus.example.ac.id"


@pytest.mark.parametrize(
    "text",
    [
        "",
        ADDRESS,
        f"{ADDRESS}/",
        f"{ADDRESS}:8443/anggota",
        "HTTPS://Perpus.Example.ac.id/a-b/c_d~e",
        "https://localhost",
    ],
)
def test_plain_addresses_fit(text: str) -> None:
    assert check_address(text) == ""


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("http://perpus.example.ac.id", "not-https"),
        ("perpus.example.ac.id", "not-https"),
        ("javascript:alert(1)", "not-https"),
        (" https://perpus.example.ac.id", "not-https"),
        ("https://", "not-plain-address"),
        ("https:///anggota", "not-plain-address"),
        ("https://siti:rahasia@perpus.example.ac.id", "not-plain-address"),
        (f"{ADDRESS}/?id=", "not-plain-address"),
        (f"{ADDRESS}/#anggota", "not-plain-address"),
        (f"{ADDRESS}/a b", "not-plain-address"),
        (f"{ADDRESS}//m", "not-plain-address"),
        (f"{ADDRESS}\n", "not-plain-address"),
        ("https://perpustakaan.example.ac.id/" + "a" * 80, "too-long"),
    ],
)
def test_other_addresses_say_why_not(text: str, reason: str) -> None:
    assert check_address(text) == reason


@pytest.mark.parametrize(
    ("address", "number", "page"),
    [
        (ADDRESS, "21.01.0042", f"{ADDRESS}/m/21.01.0042"),
        (f"{ADDRESS}/", " 0042 ", f"{ADDRESS}/m/0042"),
        (f"{ADDRESS}/anggota", "A/7 #3?x=1", f"{ADDRESS}/anggota/m/A%2F7%20%233%3Fx%3D1"),
        (ADDRESS, "عضو", f"{ADDRESS}/m/%D8%B9%D8%B6%D9%88"),
        (ADDRESS, "..", ""),
        (ADDRESS, "", ""),
        ("", "0042", ""),
        ("http://perpus.example.ac.id", "0042", ""),
    ],
)
def test_the_page_of_a_member(address: str, number: str, page: str) -> None:
    assert page_of(address, number) == page

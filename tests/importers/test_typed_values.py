"""What people type: ISBNs, prices, dates, codes."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.importers.typed_values import code_from, date_from, isbn_from, phone_from, price_from, year_from


@pytest.mark.parametrize(
    ("text", "isbn", "note"),
    [
        ("843202645X (pbk.)", "843202645X", ""),
        ("9780670026623 (alk. paper)", "9780670026623", ""),
        ("978-0-387-35767-6", "9780387357676", ""),
        ("978 0 387 35767 6", "9780387357676", ""),
        ("ISBN 0-13-110370-9 :", "0131103709", ""),
        ("0131103709 0131103628", "0131103709", ""),
        ("439023483", "0439023483", "leading-zeros-restored"),
        ("9.78043902348e+12", "", "isbn-damaged"),
        ("9,78E+12", "", "isbn-damaged"),
        ("978-222-666-444", "", "isbn-damaged"),
        ("9780439023482", "9780439023482", "isbn-check-digit"),
        ("tidak ada", "", "isbn-damaged"),
        ("", "", ""),
    ],
)
def test_isbn(text: str, isbn: str, note: str) -> None:
    assert isbn_from(text) == (isbn, note)


@pytest.mark.parametrize(
    ("value", "price", "note"),
    [
        ("Rp. 45.000", 45000, ""),
        ("Rp45.000,00", 45000, ""),
        ("IDR 1.250.000,-", 1250000, ""),
        ("45,000", 45000, ""),
        ("45000", 45000, ""),
        (45000.0, 45000, ""),
        ("45000.5", None, "price-not-whole"),
        ("24.99", None, "price-not-whole"),
        ("$14.95", None, "price-other-currency"),
        ("RM 12", None, "price-other-currency"),
        ("sumbangan", None, "price-unreadable"),
        ("150rb", 150000, ""), ("Rp 150 ribu", 150000, ""), ("150K", 150000, ""), ("1,5 jt", 1500000, ""),
        ("1.25 juta", 1250000, ""), ("45000/eks", 45000, ""), ("45000 per buku", 45000, ""), ("45000Rp", 45000, ""),
        ("150.000 rb", None, "price-unreadable"), ("150abc", None, "price-unreadable"), ("0 rb", None, ""),
        ("4.50.000", None, "price-unreadable"),
        ("-5000", None, "price-unreadable"),
        (float("nan"), None, "price-unreadable"),
        ("0", None, ""),
        (0, None, ""),
        ("", None, ""),
    ],
)  # fmt: skip
def test_price(value: str | float, price: int | None, note: str) -> None:
    assert price_from(value) == (price, note)


@pytest.mark.parametrize(
    ("text", "expected", "note"),
    [
        ("14-02-2015", date(2015, 2, 14), ""),
        ("14/2/2015", date(2015, 2, 14), ""),
        ("2015-02-14 10:00:00", date(2015, 2, 14), ""),
        ("20150214", date(2015, 2, 14), ""),
        ("14 Pebruari 2015", date(2015, 2, 14), ""),
        ("3 Agt 2020", date(2020, 8, 3), ""),
        ("0000-00-00", None, ""),
        ("0000-00-00 00:00:00", None, ""),
        ("-", None, ""),
        ("2015", None, "date-unreadable"),
        ("2015-02", None, "date-unreadable"),
        ("--01-07", None, "date-unreadable"),
        ("14-02-15", None, "date-unreadable"),
        ("30-02-2015", None, "date-unreadable"),
        ('"', None, "date-unreadable"),
    ],
)
def test_date(text: str, expected: date | None, note: str) -> None:
    assert date_from(text) == (expected, note)


def test_month_first_only_when_told() -> None:
    assert date_from("03-04-2015") == (date(2015, 4, 3), "")
    assert date_from("03-04-2015", month_first=True) == (date(2015, 3, 4), "")


@pytest.mark.parametrize(
    ("text", "code", "note"),
    [
        (" X0022/2016 ", "X0022/2016", ""),
        ("\ufeff0001", "0001", ""),
        ("B1 B2", "B1 B2", "code-has-blank"),
        ("3.00012E+13", "", "code-damaged"),
        ("x" * 65, "", "code-too-long"),
        ("", "", ""),
    ],
)
def test_code(text: str, code: str, note: str) -> None:
    assert code_from(text) == (code, note)


def test_year() -> None:
    assert [year_from(t) for t in ("c1989.", "[2001?]", "19uu", "2008.0", "20081", "")] == [
        "1989",
        "2001",
        "",
        "2008",
        "",
        "",
    ]


@given(st.text(max_size=60))
def test_any_text_is_read_without_fuss(text: str) -> None:
    isbn_from(text), price_from(text), date_from(text), year_from(text), code_from(text)


@given(st.integers(min_value=1, max_value=10**9))
def test_every_way_of_writing_a_price_is_the_same(price: int) -> None:
    dotted = f"{price:,}".replace(",", ".")
    assert {price_from(text) for text in (str(price), dotted, f"Rp {dotted},00", f"IDR {price:,}")} == {(price, "")}


@pytest.mark.parametrize(
    ("text", "phone", "note"),
    [
        ("8123456789", "08123456789", "phone-zero-restored"),
        ("812-3456-7890", "0812-3456-7890", "phone-zero-restored"),
        ("08123456789", "08123456789", ""), ("+62 812-3456-789", "+62 812-3456-789", ""), ("", "", ""),
        ("80123", "80123", ""), ("628123456789", "628123456789", ""), ("81", "81", ""),
    ],
)  # fmt: skip
def test_a_mobile_number_gets_its_zero_back(text: str, phone: str, note: str) -> None:
    assert phone_from(text) == (phone, note)

"""The table of carriers: complete, harmless, and found by any of a carrier's names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.integrations.carriers import (
    carrier_name,
    carriers,
    find_carrier,
    is_name,
    is_number,
    is_odd,
    same_carrier,
    tidy,
    tracking_href,
)

NUMBERS = {
    "UPS": "1Z999AA10123456784",
    "USPS": "9400111899223197428490",
    "FedEx": "986578788855",
    "DHL": "00340434161094021501",
    "DHL Express": "1234567890",
    "DPD": "01234567890123",
    "Hermes": "12345678901234",
    "Royal Mail": "AB123456789GB",
    "PostNL": "3SABCD0123456789",
    "Canada Post": "1234567890123456",
    "YunExpress": "YT2112345678901234",
}


@pytest.mark.parametrize(("name", "number"), NUMBERS.items())
def test_a_carriers_numbers_fit_it(name, number):
    carrier = find_carrier(name)
    assert (carrier.name, carrier.fits(number), carrier.fits("X")) == (name, True, False)


@pytest.mark.parametrize("name", ["ups", "UPS", "United  Parcel Service", "united-parcel-service"])
def test_a_carrier_is_found_by_any_of_its_names(name):
    assert find_carrier(name).code == "UPS"
    assert (carrier_name(name), same_carrier(name)) == ("UPS", same_carrier("UPS"))


def test_a_carrier_that_is_not_in_the_table_keeps_its_name():
    assert (find_carrier("Parcelway"), carrier_name(" Parcel  way ")) == (None, "Parcel way")
    assert same_carrier("Parcel Way") == same_carrier("parcel way")
    assert tracking_href("Parcelway", "1") == ""


def test_every_link_is_safe_and_no_name_means_two():
    names = [same for one in carriers() for same in {same_carrier(n) for n in (one.code, one.name, *one.aliases)}]
    assert len(names) == len(carriers())
    for one in carriers():
        assert one.link == "" or (one.link.startswith("https://") and one.link.count("{tracking}") == 1)
        assert all(is_name(service) for service in one.services)
        assert is_name(one.name)


@given(st.text(max_size=80))
def test_whatever_a_number_is_its_link_stays_where_it_was(text):
    before = find_carrier("UPS").link.partition("{")[0]
    href = tracking_href("UPS", text)
    assert href == "" or href.startswith(before)
    assert not set(href.removeprefix(before)) & set("<>\"'&?#/ ")


@pytest.mark.parametrize("number", ["1", "1Z-9/9", "A1" * 30])
def test_what_can_be_a_number(number):
    assert is_number(number)


@pytest.mark.parametrize("number", ["", "ABC", "-1", "A1" * 31, "1\n", "é1", "1 2", "HTTP://1", "1.2", "A@1", "\0001"])
def test_what_cannot_be_a_number(number):
    assert not is_number(number)


@pytest.mark.parametrize("name", ["Dr. Bike", "Müller & Söhne", "顺丰速运", "Express 9:00", "2-Day (AM)", "24/7"])
def test_what_can_be_a_name(name):
    assert is_name(name)


@pytest.mark.parametrize(
    "name", ["", "www.shop.com", "a@b", "http://x", "Call 0171 234567", "0171-23-45-67", "x" * 61, "a\nb", "<b>", "_x"]
)
def test_what_cannot_be_a_name(name):
    assert not is_name(name)


@pytest.mark.parametrize("number", ["call 020 7946 0958 for it", "tel\u00a0020 7946 0958", "RING 1", "rufen 1"])
def test_no_number_is_made_of_words(number):
    assert not is_number(tidy(number))


@pytest.mark.parametrize("number", ["020 7946 0958", "0049 170 1234567", "CALL02079460958", "FORIT1"])
def test_what_reads_like_no_carriers_number_is_odd_for_one_that_nobody_described(number):
    assert (is_number(tidy(number)), is_odd("Northline Post", number)) == (True, True)


@pytest.mark.parametrize("number", ["", "PW 77", "CP 123 456 789 DE", "123456789012", "JVGL061122334455"])
def test_what_may_be_any_carriers_number_is_not_odd(number):
    assert not is_odd("Northline Post", number)


@pytest.mark.parametrize(
    ("carrier", "typed", "number"),
    [
        ("dhl", "JVGL 06 1234 5678 9012", "JVGL06123456789012"),
        ("", "jvgl 06 1234 5678 9012", "JVGL06123456789012"),
        ("UPS", "1Z-999-AA1-01-2345-6784", "1Z999AA10123456784"),
        ("UPS", "1z abc 123 01 2345\u20116784", "1ZABC1230123456784"),
        ("Purolator", "ABC 123 456-789", "ABC123456789"),
    ],
)
def test_a_number_that_fits_its_carrier_is_written_as_on_no_label(carrier, typed, number):
    assert (tidy(typed, carrier), tidy(number, carrier), is_odd(carrier, typed)) == (number, number, False)


@pytest.mark.parametrize(
    ("carrier", "typed", "number", "odd"),
    [
        ("DHL", "tel 0123456789", "TEL 0123456789", True),
        ("Royal Mail", "phone 0123 4567890", "PHONE 0123 4567890", True),
        ("UPS", "1Z-9 9", "1Z-99", True),
        ("Northline Post", "NP-12 34", "NP-1234", False),
        ("", "1Z-999-AA1-01-2345-6784", "1Z-999-AA1-01-2345-6784", False),
    ],
)
def test_what_does_not_fit_keeps_its_hyphens_and_words(carrier, typed, number, odd):
    assert (tidy(typed, carrier), is_odd(carrier, typed)) == (number, odd)


def test_blanks_and_small_letters_are_not_part_of_a_number():
    assert tidy(" 1z 99\u00a0a\n") == "1Z99A"

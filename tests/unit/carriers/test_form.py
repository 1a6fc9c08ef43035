"""Forms are written as the standard library writes them."""

from urllib.parse import urlencode

from hypothesis import given
from hypothesis import strategies as st

from bot.carriers.http1 import encode


@given(form=st.dictionaries(st.text(), st.text()))
def test_a_form_is_the_standard_librarys(form: dict[str, str]) -> None:
    assert encode(form) == urlencode(form).encode()

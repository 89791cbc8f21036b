from hypothesis import given
from hypothesis import strategies as st

from vingui.core.bounded_cache import BoundedCache

uses = st.lists(st.tuples(st.sampled_from("abcde"), st.booleans()), max_size=30)


@given(uses, st.integers(0, 12), st.none() | st.integers(1, 4))
def test_what_was_used_last_stays_as_long_as_it_fits(uses, most, count):
    sizes = {key: size for size, key in enumerate("abcde", start=1)}
    cache = BoundedCache(len, most=most, count=count)
    expected = []
    for key, reads in uses:
        if reads:
            assert cache.get(key) == ("x" * sizes[key] if key in expected else None)
            if key not in expected:
                continue
        else:
            cache.add(key, "x" * sizes[key])
        expected = [*(one for one in expected if one != key), key]
        while (
            not reads
            and len(expected) > 1
            and (sum(sizes[one] for one in expected) > most or len(expected) > (count or 5))
        ):
            expected.pop(0)
        assert len(cache) == len(expected)
        assert [one for one in "abcde" if one in cache] == sorted(expected)

"""Some hostile inputs of each kind; see :mod:`tests.fuzz`."""

import pytest

from tests import fuzz

pytestmark = pytest.mark.attack


@pytest.fixture(scope="module")
def rendered(tmp_path_factory):
    return fuzz.Rendered(tmp_path_factory.mktemp("fuzz"))


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("kind", fuzz.NAMES)
def test_hostile_input_is_read_or_refused(rendered, kind):
    assert fuzz.run(kind, 400, seed=0, rendered=rendered) == []


def test_records_of_any_depth_are_refused(rendered):
    text = rendered.record.read_text("utf-8")
    try:
        for depth in range(900, 1010):  # around the limit of Python
            nested = depth * "[" + depth * "]"
            rendered.record.write_text(f'{{"sha256": "", "asset": {nested}}}', "utf-8")
            assert rendered.cache.find(rendered.job) is None
    finally:
        rendered.record.write_text(text, "utf-8")

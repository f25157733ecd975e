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

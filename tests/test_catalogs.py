"""What a build writes on pages comes from a message catalog, in the language of the documents."""

import re
from html.parser import HTMLParser
from string import Formatter

import pytest

from sphinxcontrib_animvideo.html.player_words import player_words
from sphinxcontrib_animvideo.sphinxext.words import language_name
from tests import catalogs
from tests.conftest import FIGURE, directive

pytestmark = pytest.mark.once

PO_FILES = catalogs.po_files()
UPDATE = "run: python -m tests.catalogs"


def language(path):
    return path.parts[-3]


def placeholders(text):
    return sorted(name for _, name, _, _ in Formatter().parse(text) if name is not None)


def test_the_template_has_the_messages_of_the_source():
    messages = set(catalogs.translations(catalogs.extract()))
    assert messages == set(catalogs.translations(catalogs.read(catalogs.TEMPLATE))), UPDATE
    assert set(player_words(str).values()) < messages
    assert {language(path) for path in PO_FILES} >= {"de", "es", "fr", "ja", "ko", "zh_CN", "zh_TW"}


@pytest.mark.parametrize("path", PO_FILES, ids=language)
def test_a_catalog_is_complete_and_compiled(path):
    catalog = catalogs.read(path)
    translations = catalogs.translations(catalog)
    assert set(translations) == set(catalogs.translations(catalogs.extract())), UPDATE
    assert [id for id, text in translations.items() if not text] == []
    assert [message.id for message in catalog if message.id and message.fuzzy] == []
    assert {id: placeholders(id) for id in translations} == {
        id: placeholders(text) for id, text in translations.items()
    }
    assert catalogs.translations(catalogs.read(path.with_suffix(".mo"))) == translations, UPDATE


def test_languages_are_named_as_their_readers_name_them():
    named = {"de": "Deutsch", "fr": "Français", "pt_BR": "Português (Brasil)", "ka": "ქართული"}
    assert {name: language_name(name) for name in named} == named
    assert language_name("xx") == "xx"  # in no list of languages


class Words(HTMLParser):
    """The text and the attributes for readers in what we have written on a page."""

    def __init__(self, html):
        super().__init__()
        self.found = []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.found += [
            text for name, text in attributes if name in {"aria-label", "label", "title"}
        ]

    def handle_data(self, text):
        self.found.append(text.strip())


def words_of(build, name="index.html"):
    body = re.search(r'<div class="body".*?<div class="clearer">', build.page(name), re.DOTALL)
    return Words(body[0]).found


PAGE = (
    "Page\n====\n\n"
    + directive(
        FIGURE + "capture(caption='x')\n",
        ":include-source:\n:collapse-source:\n:show-source-link:\n:alt: a",
    )
    + directive("1", ":skip: y")
    + directive("1", ":skip:")
    + directive("1 / 0")
)


def test_no_word_of_a_page_is_in_another_language(project):
    project.write("index.rst", PAGE)
    english = words_of(project.build())
    translated = {
        "de": {"Quellcode", "Animation übersprungen: y", "Animation übersprungen", "Deutsch"},
        "ja": {"ソースコード", "アニメーションを生成できませんでした", "日本語"},
    }
    for name, expected in translated.items():
        found = words_of(project.build(language=name))
        assert expected <= set(found)
        path = catalogs.FOLDER / name / "LC_MESSAGES" / f"{catalogs.NAME}.po"
        for message, text in catalogs.translations(catalogs.read(path)).items():
            if text != message and "{" not in message:
                assert message not in found
    assert "[動画: a]" in project.build("text", language="ja").page("index.txt")
    # There is no catalog for Hebrew.
    ours = {"Source code", "Animation skipped: y", "Animation could not be rendered"}
    assert ours <= set(english)
    assert ours <= set(words_of(project.build(language="he")))

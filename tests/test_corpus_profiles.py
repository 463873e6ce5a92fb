import re

from kg.corpora import read_corpus
from kg.corpus_profiles import FILE, TIES, form_of, profile_of, shipped_profile
from kg.fields import SHAPES
from kg.files import packaged_seeds
from kg.vocabularies import SCHEMES
from tools.corpus_profile import text_of


def test_the_profile_is_what_the_tool_computes_from_the_shipped_corpus():
    assert FILE.read_text(encoding="utf-8") == text_of(profile_of(read_corpus([packaged_seeds()])))


def test_the_profile_holds_no_words_of_the_corpus():
    """Its values are words of the vocabularies and the format, counts, and forms of dates."""
    known = {word for words in SCHEMES.values() for word in words}
    known |= {field.key for shape in SHAPES for field in shape.fields}
    for topic in shipped_profile().values():
        for table in topic.values():
            for value in table if isinstance(table, dict) else ():
                words = {word for word in value.split() if re.search("[a-z]{3}", word)}
                assert words <= known | {*TIES, "role", "order"}


def test_a_form_tells_seasons_from_months():
    assert [form_of(text) for text in ("2024-12?", "2024-24", "2022/2024-12-30", "")] == [
        "M?",
        "S",
        "Y/D",
        "",
    ]

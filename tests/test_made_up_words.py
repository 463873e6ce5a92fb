from kg.draws import Drawing
from kg.made_up_words import numeral, sentence, some_words


def test_each_number_has_a_word_of_its_own_that_can_stand_in_a_slug():
    words = {numeral(number) for number in (*range(20_000), *range(2_740_000, 2_760_000))}
    assert len(words) == 40_000
    assert all(word.isascii() and word.isalpha() and word.islower() for word in words)


def test_words_are_as_many_as_wanted():
    drawing = Drawing("1")
    assert [len(some_words(drawing, number).split()) for number in (1, 2, 30)] == [1, 2, 30]


def test_a_sentence_begins_large_and_ends_in_a_full_stop():
    text = sentence(Drawing("1"), 7)
    assert text[0].isupper()
    assert text.endswith(".")
    assert len(text.split()) == 7

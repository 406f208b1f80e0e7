"""The measures of bench/, on documents small enough to count by hand."""

from typing import Any

from bench.scores import Scores, add, layers_of

TEXT = "Lee said that the dam holds. Lee lives in Ulm since 2019."


def scored(gold: dict[str, Any], predicted: dict[str, Any]) -> Scores:
    scores = Scores()
    add(scores, {"text": TEXT, **gold}, {"entities": [], "claims": [], "dates": [], **predicted})
    return scores


def name(start: int, end: int, label: str, cluster: int = 0) -> dict[str, Any]:
    return {"start": start, "end": end, "label": label, "cluster": cluster}


def claim(start: int, end: int, source: tuple[int, int] | None = (0, 3)) -> dict[str, Any]:
    return {"content": [[start, end]], "cue": [[4, 8]], "source": [list(source)] if source else [], "kind": "indirect"}


def date(value: str) -> dict[str, Any]:
    return {"start": 52, "end": 56, "type": "DATE", "value": value}


def test_a_name_of_the_wrong_type_counts_only_where_types_do_not() -> None:
    scores = scored({"entities": [name(0, 3, "PER"), name(42, 45, "LOC")]}, {"entities": [name(0, 3, "PER"), name(42, 45, "ORG")]})
    assert (scores.names["typed"].f1, scores.names["untyped"].f1) == (50, 100)


def test_one_person_taken_for_two_costs_recall_of_aliases() -> None:
    gold = [name(0, 3, "PER", 1), name(29, 32, "PER", 1)]
    scores = scored({"entities": gold}, {"entities": [name(0, 3, "PER", 1), name(29, 32, "PER", 2)]})
    assert (scores.aliases_precision.recall, scores.aliases_recall.recall) == (100, 50)


def test_a_claim_counts_from_half_of_the_larger_one_on_and_a_leading_that_is_free() -> None:
    gold = {"claims": [claim(14, 27)]}  # the dam holds
    assert scored(gold, {"claims": [claim(9, 27)]}).claims["exact"].f1 == 100
    assert scored(gold, {"claims": [claim(18, 27)]}).claims["half"].f1 == 100
    assert scored(gold, {"claims": [claim(22, 27)]}).claims["half"].f1 == 0


def test_a_speaker_who_is_missing_must_be_missing_on_both_sides() -> None:
    gold = {"claims": [claim(14, 27, None)]}
    assert scored(gold, {"claims": [claim(14, 27, None)]}).speakers.recall == 100
    assert scored(gold, {"claims": [claim(14, 27)]}).speakers.recall == 0


def test_what_is_found_where_the_gold_has_nothing_is_wrong_if_that_was_annotated() -> None:
    assert layers_of([{"claims": [claim(14, 27)], "dates": []}, {"claims": []}]) == {"claims"}
    assert scored({"claims": []}, {"claims": [claim(14, 27)]}).claims["half"].predicted == 1


def test_a_date_with_another_value_is_found_but_not_understood() -> None:
    scores = scored({"dates": [date("2019")]}, {"dates": [date("2019-01")]})
    assert (scores.dates["relaxed"].f1, scores.date_value_f1) == (100, 0)

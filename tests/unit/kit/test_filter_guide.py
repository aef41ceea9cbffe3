"""The guide to the filter language says what is so: its examples compile, its mistakes are answered as it says."""

import re
from pathlib import Path

import pytest

from crmkit.errors import InvalidArgument
from crmkit.filters import compile_filter
from services.contacts.store.filters import CONTACTS

GUIDE = (Path(__file__).parents[3] / "docs" / "filter-language.md").read_text(encoding="utf-8")
EXAMPLES = [line for block in re.findall(r"```filter\n(.*?)```", GUIDE, re.DOTALL) for line in block.splitlines()]
MISTAKES = re.findall(r"^\| `(.+?)` \| (filter, character .+) \|$", GUIDE, re.MULTILINE)


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_of_the_guide_is_a_filter_of_contacts(example: str) -> None:
    assert compile_filter(example, CONTACTS) is not None


@pytest.mark.parametrize(("mistake", "answer"), MISTAKES)
def test_a_mistake_of_the_guide_is_answered_as_it_says(mistake: str, answer: str) -> None:
    with pytest.raises(InvalidArgument) as caught:
        compile_filter(mistake, CONTACTS)
    assert caught.value.message.startswith(answer.replace("\\", "").removesuffix(", …"))


def test_the_guide_has_examples_and_mistakes() -> None:
    assert len(EXAMPLES) > 25
    assert len(MISTAKES) == 5

"""Update masks: what may be written is taken, anything else is refused by its name; etags."""

import pytest
from google.protobuf.field_mask_pb2 import FieldMask

from crm.contacts.v1 import contact_pb2
from crmkit.errors import Aborted, InvalidArgument
from crmkit.etag import check, etag
from crmkit.masks import Mask, check_mask

WRITABLE = ("given_name", "tags", "birthday", "custom")


def checked(*paths: str) -> Mask:
    return check_mask(FieldMask(paths=paths), contact_pb2.Contact.DESCRIPTOR, WRITABLE)


def test_the_named_fields_are_in_the_mask_and_no_others() -> None:
    mask = checked("given_name", "tags")
    assert "given_name" in mask
    assert "birthday" not in mask


def test_single_custom_fields_are_told_apart_from_all_of_them() -> None:
    mask = checked("custom.tier", "custom.region_2")
    assert mask.custom == {"tier", "region_2"}
    assert "custom" not in mask


def test_the_whole_of_custom_covers_its_parts() -> None:
    mask = checked("custom.tier", "custom")
    assert "custom" in mask
    assert not mask.custom


@pytest.mark.parametrize("paths", [(), ("*",), ("given_name", "*")])
def test_a_mask_says_which_fields_change(paths: tuple[str, ...]) -> None:
    with pytest.raises(InvalidArgument) as caught:
        checked(*paths)
    assert caught.value.reason == "UPDATE_MASK_REQUIRED"
    assert caught.value.violations[0].field == "update_mask"


@pytest.mark.parametrize(
    "path",
    [
        "nickname",
        "id",
        "audit.create_time",
        "birthday.year",
        "custom.",
        "custom.a.b",
        "custom.Tier",
        "custom." + "a" * 64,
        "",
    ],
)
def test_a_path_that_cannot_be_written_is_named(path: str) -> None:
    with pytest.raises(InvalidArgument) as caught:
        checked("given_name", path)
    assert caught.value.reason == "UPDATE_MASK_INVALID"
    assert f"`{path}`" in caught.value.message


def test_a_mask_of_thousands_of_paths_is_refused() -> None:
    with pytest.raises(InvalidArgument):
        checked(*(f"custom.n{number}" for number in range(201)))


def test_another_version_has_another_etag() -> None:
    assert len({etag(version) for version in range(1, 1_000)}) == 999


@pytest.mark.parametrize("given", ["", etag(7)])
def test_the_etag_read_last_lets_the_change_through(given: str) -> None:
    check(given, 7)


@pytest.mark.parametrize("given", [etag(6), etag(8), "7", "x", "\0"])
def test_any_other_etag_says_that_somebody_saved_first(given: str) -> None:
    with pytest.raises(Aborted) as caught:
        check(given, 7)
    assert caught.value.reason == "ETAG_MISMATCH"

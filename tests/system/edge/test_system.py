"""The state of the system and dead letters, as an administrator asks for them."""

from typing import Any
from uuid import uuid4

from crm.system.v1.system_service_pb2 import RetryDeadLettersResponse, ServiceStatus
from crmkit.errors import Unavailable
from tests.system.gateway_stand import Stand, refused


def status_of(name: str) -> ServiceStatus:
    made = ServiceStatus(service=name, broker_connected=True)
    made.processes.add(host="pod-1", pid=7, role="all", version="1.2.3")
    made.consumers.add(name="timeline", source="contacts", pending=5_000_000_000)
    return made


async def test_the_status_of_the_system_is_asked_of_every_service(stand: Stand) -> None:
    stand.upstream.answers["GetStatus"] = lambda *_: status_of("x")
    answer = (await stand.call("GET", "/v1/system/status")).json()
    assert answer["status"] == "SERVING"
    assert [part["name"] for part in answer["services"]] == sorted(stand.settings.targets)
    part = answer["services"][0]
    assert part["health"] == "SERVING"
    assert part["status"]["processes"][0]["version"] == "1.2.3"
    assert part["status"]["consumers"][0]["pending"] == "5000000000"
    assert {part["name"] for part in answer["edge"]["parts"]} == {"access", "nats"}


async def test_a_service_that_does_not_answer_is_marked_and_the_others_are_told(stand: Stand) -> None:
    asked = []

    def answer(*_: Any) -> ServiceStatus:
        asked.append(1)
        if len(asked) == 2:
            raise Unavailable("DATABASE_UNAVAILABLE", "The database does not answer.")
        return status_of("x")

    stand.upstream.answers["GetStatus"] = answer
    reply = await stand.call("GET", "/v1/system/status")
    assert (reply.status_code, reply.json()["status"]) == (200, "DEGRADED")
    marked = [part for part in reply.json()["services"] if "status" not in part]
    assert [part["error"] for part in marked] == [{"code": "UNAVAILABLE", "message": "The database does not answer."}]


async def test_dead_letters_are_listed_and_given_back_by_service(stand: Stand) -> None:
    stand.upstream.answers["RetryDeadLetters"] = lambda *_: RetryDeadLettersResponse(retried_count=2)
    listed = await stand.call("GET", "/v1/system/deadLetters?service=contacts&pageSize=7&pageToken=t")
    assert listed.json() == {"deadLetters": [], "nextPageToken": ""}
    assert (stand.upstream.last()[1].page_size, stand.upstream.last()[1].page_token) == (7, "t")
    ids = [str(uuid4()), str(uuid4())]
    retried = await stand.call("POST", "/v1/system/deadLetters:retry", json={"service": "contacts", "eventIds": ids})
    assert retried.json() == {"retriedCount": "2"}
    assert list(stand.upstream.last()[1].event_ids) == ids


async def test_wrong_questions_about_dead_letters_name_the_field(stand: Stand) -> None:
    address = "/v1/system/deadLetters"
    refused(await stand.call("GET", address), 400, 3, "SERVICE_UNKNOWN")
    refused(await stand.call("GET", f"{address}?service=contacts&pageSize=-1"), 400, 3, "PAGE_SIZE_INVALID")
    refused(await stand.call("GET", f"{address}?service=contacts&x=1"), 400, 3, "REQUEST_INVALID")
    wrong = await stand.call("POST", f"{address}:retry", json={"service": "contacts", "eventIds": [1]})
    refused(wrong, 400, 3, "REQUEST_INVALID")


async def test_the_system_is_for_who_holds_the_right(stand: Stand) -> None:
    token = stand.token(role="representative")
    for method, path in (
        ("GET", "/v1/system/status"),
        ("GET", "/v1/system/deadLetters?service=contacts"),
        ("POST", "/v1/system/deadLetters:retry"),
    ):
        refused(await stand.call(method, path, token=token), 403, 7, "PERMISSION_DENIED")
        refused(await stand.call(method, path, token=None), 401, 16, "SIGN_IN_REQUIRED")

"""`crm demo`: believable customers in four languages, made through the public API as a user would make them.

Running it again adds nothing: teams are found by name, users, companies and contacts by their addresses, and notes are
written once for a contact that this run created.
"""

from __future__ import annotations

import random
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

import requests

from cli.demo_data import LANGUAGES, Company, Language, Person, load, people

CONTACTS_PER_LANGUAGE = 75
TEAMS = ("Caspian", "Straits")
# (address, name, role, team, language)
USERS = (
    ("leyla@demo.example", "Leyla Rzayeva", "manager", "Caspian", "az"),
    ("arash@demo.example", "آرش نیک‌نام", "representative", "Caspian", "fa"),
    ("nigar@demo.example", "Nigar Sadıqova", "representative", "Caspian", "az"),
    ("hafiz@demo.example", "Hafiz bin Razak", "manager", "Straits", "ms"),
    ("grace@demo.example", "Grace Thornley", "representative", "Straits", "en"),
    ("meiling@demo.example", "Mei Ling Tan", "agent", "Straits", "ms"),
)
# Which users look after the customers of a language.
OWNERS = {"fa": (0, 1), "az": (0, 2), "en": (3, 4), "ms": (3, 4, 5)}
STAGES = ("SUBSCRIBER", "LEAD", "LEAD", "OPPORTUNITY", "CUSTOMER", "CUSTOMER", "ADVOCATE", "FORMER")
# Longest that the timeline of a new contact may take to know it, seconds.
TIMELINE_SECONDS = 60.0


class DemoFailed(Exception):
    """The API refused something; the message says what, for a person."""


@dataclass
class Made:
    """What a run added, and the password of the users it created (None when there were none)."""

    teams: int = 0
    users: int = 0
    companies: int = 0
    contacts: int = 0
    notes: int = 0
    password: str | None = None


@dataclass
class Demo:
    """One run against a gateway, with the token of an administrator."""

    gateway: str
    token: str
    progress: Callable[[str], None]
    made: Made = field(default_factory=Made)
    # Access tokens of the users this run created, by user id: they write the notes about their customers.
    writers: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.http = requests.Session()

    def run(self) -> Made:
        """Makes what is missing. Raises DemoFailed, or requests.RequestException when the gateway cannot be reached."""
        owners = self.users(self.teams())
        for code in LANGUAGES:
            language = load(code)
            self.progress(f"customers who speak {language.code}")
            companies = {company.domain: self.company(language, company) for company in language.companies}
            responsible = [owners[index] for index in OWNERS[code]]
            self.contacts(language, companies, responsible)
        return self.made

    def teams(self) -> dict[str, str]:
        """Team ids by name."""
        known = {team["name"]: team["id"] for team in self.call("GET", "/v1/teams").get("teams", [])}
        for name in TEAMS:
            if name not in known:
                known[name] = self.call("POST", "/v1/teams", {"team": {"name": name}})["id"]
                self.made.teams += 1
        return known

    def users(self, teams: Mapping[str, str]) -> list[tuple[str, str]]:
        """(user id, team id) of USERS. New ones share a password that only this run knows."""
        found = []
        for email, name, role, team, language in USERS:
            listed = self.call("GET", f"/v1/users?filter={_query('email = ', email)}").get("users", [])
            if not listed:
                self.made.password = self.made.password or secrets.token_urlsafe(12)
                user = {
                    "email": email,
                    "displayName": name,
                    "roleIds": [role],
                    "teamId": teams[team],
                    "language": language,
                }
                listed = [self.call("POST", "/v1/users", {"user": user, "password": self.made.password})]
                signing_in = {"email": email, "password": self.made.password, "transport": "token"}
                self.writers[listed[0]["id"]] = self.call("POST", "/auth/signIn", signing_in)["accessToken"]
                self.made.users += 1
            found.append((listed[0]["id"], teams[team]))
        return found

    def company(self, language: Language, company: Company) -> str:
        """The id of a company, found by its domain."""
        path = f"/v1/companies?filter={_query('domain:', company.domain)}"
        listed = self.call("GET", path).get("companies", [])
        if listed:
            return str(listed[0]["id"])
        choose = _choices(company.domain)
        body = {
            "name": company.name,
            "domains": [company.domain],
            "industry": company.industry,
            "employeeCount": choose.choice((12, 25, 40, 80, 150, 400)),
            "addresses": [_address(language, choose)],
            "tags": [choose.choice(language.tags)],
        }
        self.made.companies += 1
        return str(self.call("POST", "/v1/companies", {"company": body})["id"])

    def contacts(self, language: Language, companies: Mapping[str, str], owners: list[tuple[str, str]]) -> None:
        """The people of a language, each with an owner; notes about some of those that are new."""
        fresh = []
        for person in people(language, CONTACTS_PER_LANGUAGE, seed="demo"):
            body = contact(language, person, companies[person.company.domain], owners[person.number % len(owners)])
            made = self.call("POST", "/v1/contacts", {"contact": body}, exists_is_fine=True)
            if "id" in made:
                fresh.append((person, made))
        self.made.contacts += len(fresh)
        for person, made in fresh:
            for text in notes_about(language, person):
                self.note(made["id"], text, self.writers.get(made["ownerId"], self.token))

    def note(self, contact_id: str, text: str, token: str) -> None:
        """Writes a note; a new contact's timeline appears a moment after the contact itself."""
        note = {"subjectType": "SUBJECT_TYPE_CONTACT", "subjectId": contact_id, "body": text}
        body = {"note": note, "requestId": str(uuid5(NAMESPACE_URL, f"demo:{contact_id}:{text}"))}
        until = time.monotonic() + TIMELINE_SECONDS
        while not self.call("POST", "/v1/notes", body, token, missing_is_fine=time.monotonic() < until):
            time.sleep(0.2)  # the API offers nothing to await: the event of the contact is under way
        self.made.notes += 1

    def call(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        token: str = "",
        *,
        exists_is_fine: bool = False,
        missing_is_fine: bool = False,
    ) -> dict[str, Any]:
        """One request, as the administrator unless a token is given; {} where the answer is a refusal that is fine.

        Raises DemoFailed for any other refusal.
        """
        headers = {"Authorization": f"Bearer {token or self.token}"}
        reply = self.http.request(method, self.gateway + path, json=body, headers=headers, timeout=30)
        if exists_is_fine and "CONTACT_DUPLICATE" in reply.text:
            return {}
        if missing_is_fine and "SUBJECT_NOT_FOUND" in reply.text:
            return {}
        if not reply.ok:
            raise DemoFailed(f"{method} {path}: {reply.status_code} {reply.text[:500]}")
        answer: dict[str, Any] = reply.json()
        return answer


def contact(language: Language, person: Person, company_id: str, owner: tuple[str, str]) -> dict[str, Any]:
    """The person as the API takes a contact."""
    choose = _choices(person.email)
    owner_id, team_id = owner
    body: dict[str, Any] = {
        "givenName": person.given_name,
        "familyName": person.family_name,
        "emails": [{"address": person.email, "label": "work", "primary": True}],
        "phones": [{"number": person.phone, "label": "mobile", "primary": True, "region": language.region}],
        "companies": [{"companyId": company_id, "role": choose.choice(language.roles), "primary": True}],
        "jobTitle": choose.choice(language.titles),
        "ownerId": owner_id,
        "teamId": team_id,
        "tags": choose.sample(language.tags, choose.randint(0, 2)),
        "language": language.code,
        "timeZone": choose.choice(language.time_zones),
        "source": choose.choice(language.sources),
        "lifecycleStage": f"LIFECYCLE_STAGE_{choose.choice(STAGES)}",
        "consents": list(_consents(language, choose)),
    }
    if choose.random() < 0.5:
        body["addresses"] = [_address(language, choose)]
    if choose.random() < 0.4:
        body["birthday"] = {
            "year": choose.randint(1960, 2000),
            "month": choose.randint(1, 12),
            "day": 1 + choose.randrange(28),
        }
    return body


def notes_about(language: Language, person: Person) -> list[str]:
    """No note, one or two, in the language of the person."""
    choose = _choices(f"notes {person.email}")
    return choose.sample(language.notes, choose.choice((0, 0, 1, 1, 2)))


def _consents(language: Language, choose: random.Random) -> Iterator[dict[str, Any]]:
    if choose.random() < 0.7:
        yield {
            "channel": "CHANNEL_EMAIL",
            "state": choose.choice(("STATE_GRANTED", "STATE_GRANTED", "STATE_WITHDRAWN")),
            "evidenceTime": f"2026-{choose.randint(1, 9):02d}-{choose.randint(1, 28):02d}T09:00:00Z",
            "method": language.consent_method,
            "textShown": language.consent_text,
        }
    if choose.random() < 0.3:
        yield {"channel": "CHANNEL_TELEPHONE", "state": choose.choice(("STATE_GRANTED", "STATE_DENIED"))}


def _address(language: Language, choose: random.Random) -> dict[str, Any]:
    return {
        "label": "work",
        "lines": [choose.choice(language.streets).format(n=choose.randint(2, 180))],
        "city": choose.choice(language.cities),
        "postalCode": choose.choice(language.postcodes),
        "region": language.region,
    }


def _choices(seed: str) -> random.Random:
    """The same choices in every run."""
    return random.Random(f"peyvand demo {seed}")  # noqa: S311 - invented data, no secrets


def _query(condition: str, value: str) -> str:
    """A filter as a query string holds it."""
    return quote(f'{condition}"{value}"')

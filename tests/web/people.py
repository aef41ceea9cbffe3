"""People for tests of the web app, made through the API as an administrator would."""

from __future__ import annotations

from uuid import uuid4

from tests.web.browser import Web

PASSWORD = "harbour-quilt-5520-lime"


async def make_user(
    web: Web, role: str, name: str, *, team_id: str = "", temporary: bool = False, language: str = ""
) -> str:
    """A new user with PASSWORD; returns the address they sign in with."""
    email = f"{role}-{uuid4().hex[:10]}@test.example"
    user = {"email": email, "displayName": name, "roleIds": [role], "teamId": team_id, "language": language}
    body = {"user": user, "password": PASSWORD, "passwordTemporary": temporary}
    await web.call("POST", "/v1/users", body)
    return email

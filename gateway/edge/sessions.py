"""Signing in and out over HTTP: tokens live in cookies that scripts cannot read, or go to clients that ask."""

from __future__ import annotations

import time
from typing import Any

import grpc
from google.protobuf.json_format import MessageToDict
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from crm.identity.v1 import identity_service_pb2 as pb
from crm.identity.v1 import identity_service_pb2_grpc as pb_grpc
from crmkit.errors import InvalidArgument, Unauthenticated
from gateway.edge.bodies import json_object
from gateway.edge.errors import JsonResponse, rpc_response
from gateway.edge.services import CALL_SECONDS, Services, metadata
from gateway.envoy.filters import ACCESS_COOKIE

REFRESH_COOKIE = "crm_refresh"
TRANSPORTS = ("cookie", "token")
# Envoy sets it, whatever the client sent under this name.
SOURCE_HEADER = "x-envoy-external-address"
AGENT_HEADER = "x-crm-user-agent"


class Sessions:
    """POST /auth/signIn, /auth/refresh, /auth/signOut."""

    def __init__(self, services: Services, *, secure: bool) -> None:
        self._stub = pb_grpc.SessionServiceStub(services.channel("identity"))
        self._secure = secure

    def routes(self) -> list[Route]:
        return [
            Route("/auth/signIn", self.sign_in, methods=["POST"]),
            Route("/auth/refresh", self.refresh, methods=["POST"]),
            Route("/auth/signOut", self.sign_out, methods=["POST"]),
        ]

    async def sign_in(self, request: Request) -> Response:
        """E-mail and password against a session."""
        body = await json_object(request, {"email": str, "password": str, "transport": str})
        for name in ("email", "password"):
            if not body.get(name):
                raise InvalidArgument("FIELD_REQUIRED", "This is required.", field=name)
        transport = _transport(body, "cookie")
        credentials = pb.SignInRequest(email=body["email"], password=body["password"])
        session = await self._stub.SignIn(credentials, timeout=CALL_SECONDS, metadata=_from(request))
        return self._answer(session, transport)

    async def refresh(self, request: Request) -> Response:
        """A new pair for a refresh token, from the cookie or the body; it comes back the way it came."""
        body = await json_object(request, {"refreshToken": str})
        given = body.get("refreshToken")
        token = given or request.cookies.get(REFRESH_COOKIE)
        if not token:
            raise Unauthenticated("SIGN_IN_REQUIRED", "There is no session to refresh. Sign in.")
        try:
            session = await self._stub.RefreshSession(
                pb.RefreshSessionRequest(refresh_token=token), timeout=CALL_SECONDS, metadata=_from(request)
            )
        except grpc.aio.AioRpcError as error:
            answer = rpc_response(request, error)
            if error.code() is grpc.StatusCode.UNAUTHENTICATED:
                self._forget(answer)
            return answer
        return self._answer(session, "token" if given else "cookie")

    async def sign_out(self, request: Request) -> Response:
        """Ends the session and takes the cookies away."""
        body = await json_object(request, {"refreshToken": str})
        token = body.get("refreshToken") or request.cookies.get(REFRESH_COOKIE)
        if token:
            ended = pb.SignOutRequest(refresh_token=token)
            await self._stub.SignOut(ended, timeout=CALL_SECONDS, metadata=_from(request))
        answer = JsonResponse({})
        self._forget(answer)
        return answer

    def _answer(self, session: pb.Session, transport: str) -> Response:
        me = MessageToDict(session.me, always_print_fields_with_no_presence=True)
        body: dict[str, Any] = {
            "me": me,
            "accessExpireTime": session.access_expire_time.ToJsonString(),
            "refreshExpireTime": session.refresh_expire_time.ToJsonString(),
        }
        if transport == "token":
            return JsonResponse({**body, "accessToken": session.access_token, "refreshToken": session.refresh_token})
        answer = JsonResponse(body)
        self._set(answer, ACCESS_COOKIE, session.access_token, session.access_expire_time.seconds)
        self._set(answer, REFRESH_COOKIE, session.refresh_token, session.refresh_expire_time.seconds)
        return answer

    def _set(self, answer: Response, name: str, value: str, expiry: int) -> None:
        answer.set_cookie(
            name,
            value,
            max_age=max(0, expiry - int(time.time())),
            path=_path(name),
            secure=self._secure,
            httponly=True,
            samesite="strict",
        )

    def _forget(self, answer: Response) -> None:
        for name in (ACCESS_COOKIE, REFRESH_COOKIE):
            answer.delete_cookie(name, path=_path(name), secure=self._secure, httponly=True, samesite="strict")


def _from(request: Request) -> tuple[tuple[str, str], ...]:
    """Metadata with the client's address as Envoy saw it: failed sign-ins are counted by it, not by the edge's own.
    And with what the browser calls itself, so that people know their sessions apart."""
    agent = "".join(filter(_printable, request.headers.get("user-agent", "")))[:300]
    said = ((SOURCE_HEADER, request.headers.get(SOURCE_HEADER, "")), (AGENT_HEADER, agent))
    return (*metadata(), *((name, value) for name, value in said if value))


def _printable(character: str) -> bool:
    """Whether it may stand in gRPC metadata."""
    return " " <= character <= "~"


def _path(name: str) -> str:
    """The refresh token travels only where it is used."""
    return "/auth" if name == REFRESH_COOKIE else "/"


def _transport(body: dict[str, Any], default: str) -> str:
    transport = body.get("transport", default)
    if transport not in TRANSPORTS:
        raise InvalidArgument("REQUEST_INVALID", "This must be cookie or token.", field="transport")
    return str(transport)

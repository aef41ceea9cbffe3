"""The RPCs of crm.identity.v1.SessionService."""

from __future__ import annotations

from sqlalchemy import true

from crm.identity.v1 import identity_service_pb2 as messages
from crmkit.context import Call
from crmkit.server import Servicer
from crmkit.service import Runtime
from services.identity.api import convert
from services.identity.api.own_password import change_password
from services.identity.api.refresh import refresh, sign_out
from services.identity.api.sign_in import sign_in
from services.identity.api.signer import Signer
from services.identity.settings import IdentitySettings
from services.identity.store import roles, users


class SessionServicer(Servicer):
    """Signing in and out."""

    contract = messages.DESCRIPTOR.services_by_name["SessionService"]
    # A password check takes too long to hold a connection, and a refused try must be remembered.
    own_connections = frozenset({"SignIn", "RefreshSession", "SignOut", "ChangePassword"})

    def __init__(self, runtime: Runtime) -> None:
        super().__init__(runtime)
        if not isinstance(runtime.settings, IdentitySettings):
            raise TypeError("identity needs its own settings")
        self.signer = Signer(runtime.settings.signing_key_file)

    async def SignIn(self, request: messages.SignInRequest, call: Call) -> messages.Session:
        return convert.session_message(await sign_in(call, self.signer, request.email, request.password))

    async def RefreshSession(self, request: messages.RefreshSessionRequest, call: Call) -> messages.Session:
        return convert.session_message(await refresh(call, self.signer, request.refresh_token))

    async def SignOut(self, request: messages.SignOutRequest, call: Call) -> messages.SignOutResponse:
        await sign_out(call, request.refresh_token)
        return messages.SignOutResponse()

    async def GetJwks(self, _request: messages.GetJwksRequest, _call: Call) -> messages.GetJwksResponse:
        """The file that every verifier reads: while keys rotate, it holds the old and the new one."""
        return messages.GetJwksResponse(jwks_json=self.runtime.settings.jwks_file.read_text(encoding="utf-8"))

    async def GetMe(self, _request: messages.GetMeRequest, call: Call) -> messages.Me:
        user = await users.get(call.db, call.require().user_id, true())
        return convert.me_message(user, await roles.rights_of(call.db, user.effective_role_ids))

    async def ChangePassword(
        self, request: messages.ChangePasswordRequest, call: Call
    ) -> messages.ChangePasswordResponse:
        await change_password(call, request.current_password, request.new_password)
        return messages.ChangePasswordResponse()

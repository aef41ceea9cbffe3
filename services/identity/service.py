"""The wiring of the identity service."""

from __future__ import annotations

from pathlib import Path

from crmkit.service import Service
from services.identity.api.account_service import AccountServicer
from services.identity.api.colleague_service import ColleagueServicer
from services.identity.api.directory_service import DirectoryServicer
from services.identity.api.rights_service import RightsServicer
from services.identity.api.session_service import SessionServicer
from services.identity.api.view_service import ViewServicer
from services.identity.domain.errors import EmailTaken, TeamNameTaken, ViewNameTaken
from services.identity.settings import IdentitySettings
from services.identity.workers.access_mirror import keep_access

SERVICE = Service(
    name="identity",
    servicers=(SessionServicer, AccountServicer, DirectoryServicer, RightsServicer, ColleagueServicer, ViewServicer),
    migrations=Path(__file__).parent / "migrations" / "versions",
    background=(keep_access,),
    constraints={
        "uq_user_account_email_key": EmailTaken,
        "uq_team_parent_id_name_key": TeamNameTaken,
        "uq_saved_view_owner_id_object_name_key": ViewNameTaken,
    },
    settings=IdentitySettings,
)

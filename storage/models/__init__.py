"""All tables, by name."""

from storage.models.base import Base
from storage.models.messages import Delivery, DeliveryState, InboxState, InboxUpdate, SendingPace, stands
from storage.models.people import Contact, Resident
from storage.models.staff import AuditEntry, FailedSignIn, Staff, StaffSession
from storage.models.surveys import (
    Answer,
    Interview,
    KeptKey,
    Participation,
    Questionnaire,
    Release,
    Response,
    Survey,
    SurveyArea,
    SurveyKey,
    SurveyState,
    Trial,
)
from storage.models.town import Area, Link, Town

__all__ = [
    "Answer",
    "Area",
    "AuditEntry",
    "Base",
    "Contact",
    "Delivery",
    "DeliveryState",
    "FailedSignIn",
    "InboxState",
    "InboxUpdate",
    "Interview",
    "KeptKey",
    "Link",
    "Participation",
    "Questionnaire",
    "Release",
    "Resident",
    "Response",
    "SendingPace",
    "Staff",
    "StaffSession",
    "Survey",
    "SurveyArea",
    "SurveyKey",
    "SurveyState",
    "Town",
    "Trial",
    "stands",
]

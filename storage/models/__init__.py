"""All tables, by name."""

from storage.models.base import Base
from storage.models.broadcasts import (
    Attachment,
    AttachmentKind,
    Broadcast,
    BroadcastText,
    Sending,
    SendingKind,
    SendingState,
)
from storage.models.events import ELSEWHERE, Event, EventState, Occurrence, SignUp, WalkIn
from storage.models.handing_over import HandOver, HandOverItem, HandOverState, ItemState
from storage.models.messages import Delivery, DeliveryState, InboxState, InboxUpdate, SendingPace, stands
from storage.models.people import Contact, Resident
from storage.models.staff import AuditEntry, FailedSignIn, Staff, StaffLink, StaffSession
from storage.models.surveys import (
    Answer,
    Interview,
    KeptKey,
    Participation,
    Questionnaire,
    QuestionnaireFile,
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
    "ELSEWHERE",
    "Answer",
    "Area",
    "Attachment",
    "AttachmentKind",
    "AuditEntry",
    "Base",
    "Broadcast",
    "BroadcastText",
    "Contact",
    "Delivery",
    "DeliveryState",
    "Event",
    "EventState",
    "FailedSignIn",
    "HandOver",
    "HandOverItem",
    "HandOverState",
    "InboxState",
    "InboxUpdate",
    "Interview",
    "ItemState",
    "KeptKey",
    "Link",
    "Occurrence",
    "Participation",
    "Questionnaire",
    "QuestionnaireFile",
    "Release",
    "Resident",
    "Response",
    "Sending",
    "SendingKind",
    "SendingPace",
    "SendingState",
    "SignUp",
    "Staff",
    "StaffLink",
    "StaffSession",
    "Survey",
    "SurveyArea",
    "SurveyKey",
    "SurveyState",
    "Town",
    "Trial",
    "WalkIn",
    "stands",
]

"""All tables, by name."""

from storage.models.base import Base
from storage.models.messages import Delivery, DeliveryState, InboxState, InboxUpdate, SendingPace, stands
from storage.models.people import Contact, Resident
from storage.models.surveys import (
    Answer,
    Interview,
    Participation,
    Questionnaire,
    Response,
    Survey,
    SurveyArea,
    SurveyKey,
)
from storage.models.town import Area, Link, Town

__all__ = [
    "Answer",
    "Area",
    "Base",
    "Contact",
    "Delivery",
    "DeliveryState",
    "InboxState",
    "InboxUpdate",
    "Interview",
    "Link",
    "Participation",
    "Questionnaire",
    "Resident",
    "Response",
    "SendingPace",
    "Survey",
    "SurveyArea",
    "SurveyKey",
    "Town",
    "stands",
]

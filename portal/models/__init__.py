"""What the portal itself remembers."""

from portal.models.invitation import Invitation
from portal.models.password_record import PasswordRecord
from portal.models.sign_in import SignIn
from portal.models.sign_in_lock import SignInLock
from portal.models.trial_account import TrialAccount

__all__ = ["Invitation", "PasswordRecord", "SignIn", "SignInLock", "TrialAccount"]

"""How a case, an award list and their sources are cited, in each form that readers' programs take."""

from cases.citations.citing import FORMS, Citing, Form, cite_award, cite_case

__all__ = ["FORMS", "Citing", "Form", "cite_award", "cite_case"]

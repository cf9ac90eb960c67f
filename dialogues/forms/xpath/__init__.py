"""The expression language of ODK XForms: read by a grammar, compiled once to closures, with one function library."""

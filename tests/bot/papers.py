"""What several flows ask."""

TWO = """
| survey  |                 |      |                  |
|         | type            | name | label            |
|         | select_one mood | mood | How is it here?  |
|         | text            | wish | What is missing? |
| choices |           |      |       |
|         | list_name | name | label |
|         | mood      | good | Good  |
|         | mood      | bad  | Bad   |
"""

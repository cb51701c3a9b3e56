"""One description of what a case gives, and a thin writer for each format."""

from cases.exports.award import write_award_csv, write_award_json, write_award_xlsx
from cases.exports.csv import write_csv
from cases.exports.json import write_json
from cases.exports.xlsx import write_xlsx

WRITERS = {"xlsx": write_xlsx, "csv": write_csv, "json": write_json}
AWARD_WRITERS = {"xlsx": write_award_xlsx, "csv": write_award_csv, "json": write_award_json}

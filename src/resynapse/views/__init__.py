"""What people see: a summary as a sentence, as pictures, as a terminal page, as a report, as JSON."""

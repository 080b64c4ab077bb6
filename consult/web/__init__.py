"""What every page uses: forms, fields, errors, the transaction of a request, who may open what."""

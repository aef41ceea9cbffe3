"""Understanding files of contacts: bytes to text, text to records, records to contacts. Pure, in constant memory."""

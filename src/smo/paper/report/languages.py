"""Names of languages for people, by ISO 639-1 code; an unknown code is shown as it stands."""

NAMES = {
    "af": "Afrikaans", "am": "Amharic", "ar": "Arabic", "az": "Azerbaijani", "be": "Belarusian", "bg": "Bulgarian",
    "bn": "Bengali", "bs": "Bosnian", "ca": "Catalan", "cs": "Czech", "da": "Danish", "de": "German", "el": "Greek",
    "en": "English", "es": "Spanish", "et": "Estonian", "eu": "Basque", "fa": "Persian", "fi": "Finnish",
    "fil": "Filipino", "fr": "French", "ga": "Irish", "gl": "Galician", "gu": "Gujarati", "ha": "Hausa",
    "he": "Hebrew", "hi": "Hindi", "hr": "Croatian", "hu": "Hungarian", "hy": "Armenian", "id": "Indonesian",
    "is": "Icelandic", "it": "Italian", "ja": "Japanese", "jv": "Javanese", "ka": "Georgian", "kk": "Kazakh",
    "km": "Khmer", "kn": "Kannada", "ko": "Korean", "lo": "Lao", "lt": "Lithuanian", "lv": "Latvian",
    "mk": "Macedonian", "ml": "Malayalam", "mn": "Mongolian", "mr": "Marathi", "ms": "Malay", "my": "Burmese",
    "ne": "Nepali", "nl": "Dutch", "no": "Norwegian", "pa": "Punjabi", "pl": "Polish", "ps": "Pashto",
    "pt": "Portuguese", "ro": "Romanian", "ru": "Russian", "si": "Sinhala", "sk": "Slovak", "sl": "Slovenian",
    "so": "Somali", "sq": "Albanian", "sr": "Serbian", "sv": "Swedish", "sw": "Swahili", "ta": "Tamil",
    "te": "Telugu", "th": "Thai", "tl": "Tagalog", "tr": "Turkish", "uk": "Ukrainian", "ur": "Urdu", "uz": "Uzbek",
    "vi": "Vietnamese", "yo": "Yoruba", "zh": "Chinese", "zu": "Zulu",
}  # fmt: skip

COLUMNS = {"lang", "language", "locale", "detected_language", "declared_language", "meta.lang", "meta.language"}


def is_language_column(column: str) -> bool:
    """Does the column's name say that it holds languages?"""
    return column.strip().lower() in COLUMNS


def name_of(column: str, value: str) -> str:
    """The name to show for one value of a column: "French" for `lang` = `fr`, else the value itself."""
    if not is_language_column(column):
        return value
    return NAMES.get(value.strip().lower(), value)


def noun_of(column: str) -> str:
    """What the values of a column are called: "languages" for `lang`, else "values of COLUMN"."""
    return "languages" if is_language_column(column) else f"values of {short(column)}"


def short(column: str) -> str:
    """A column's name without the prefix that reading nested keys gave it."""
    return column.removeprefix("meta.")

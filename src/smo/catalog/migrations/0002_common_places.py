"""Languages and markets to begin with; more are added in the office."""

from django.db import migrations

RIGHT_TO_LEFT = {"ar", "fa", "he", "ur", "ps", "sd", "ug", "yi", "ckb", "dv"}
LANGUAGES = (
    "af Afrikaans|am Amharic|ar Arabic|az Azerbaijani|be Belarusian|bg Bulgarian|bn Bengali|bs Bosnian|ca Catalan|"
    "ckb Central Kurdish|cs Czech|cy Welsh|da Danish|de German|dv Divehi|el Greek|en English|es Spanish|et Estonian|"
    "eu Basque|fa Persian|fi Finnish|fil Filipino|fr French|ga Irish|gl Galician|gu Gujarati|ha Hausa|he Hebrew|"
    "hi Hindi|hr Croatian|hu Hungarian|hy Armenian|id Indonesian|ig Igbo|is Icelandic|it Italian|ja Japanese|"
    "ka Georgian|kk Kazakh|km Khmer|kn Kannada|ko Korean|ky Kyrgyz|lo Lao|lt Lithuanian|lv Latvian|mk Macedonian|"
    "ml Malayalam|mn Mongolian|mr Marathi|ms Malay|mt Maltese|my Burmese|ne Nepali|nl Dutch|no Norwegian|or Odia|"
    "pa Punjabi|pl Polish|ps Pashto|pt Portuguese|pt-BR Brazilian Portuguese|ro Romanian|ru Russian|rw Kinyarwanda|"
    "sd Sindhi|si Sinhala|sk Slovak|sl Slovenian|so Somali|sq Albanian|sr Serbian|sv Swedish|sw Swahili|ta Tamil|"
    "te Telugu|tg Tajik|th Thai|tk Turkmen|tr Turkish|ug Uyghur|uk Ukrainian|und Undetermined|ur Urdu|uz Uzbek|"
    "vi Vietnamese|wo Wolof|xh Xhosa|yi Yiddish|yo Yoruba|zh Chinese|zh-Hans Chinese, simplified|"
    "zh-Hant Chinese, traditional|zu Zulu"
)
MARKETS = (
    "AE United Arab Emirates|AR Argentina|AT Austria|AU Australia|BD Bangladesh|BE Belgium|BG Bulgaria|BR Brazil|"
    "CA Canada|CH Switzerland|CL Chile|CN China|CO Colombia|CZ Czechia|DE Germany|DK Denmark|DZ Algeria|EE Estonia|"
    "EG Egypt|ES Spain|ET Ethiopia|FI Finland|FR France|GB United Kingdom|GH Ghana|GR Greece|HK Hong Kong|HR Croatia|"
    "HU Hungary|ID Indonesia|IE Ireland|IL Israel|IN India|IQ Iraq|IT Italy|JO Jordan|JP Japan|KE Kenya|KH Cambodia|"
    "KR South Korea|KW Kuwait|KZ Kazakhstan|LB Lebanon|LK Sri Lanka|LT Lithuania|LU Luxembourg|LV Latvia|MA Morocco|"
    "MM Myanmar|MX Mexico|MY Malaysia|NG Nigeria|NL Netherlands|NO Norway|NP Nepal|NZ New Zealand|PE Peru|"
    "PH Philippines|PK Pakistan|PL Poland|PT Portugal|QA Qatar|RO Romania|RS Serbia|SA Saudi Arabia|SE Sweden|"
    "SG Singapore|SI Slovenia|SK Slovakia|TH Thailand|TN Tunisia|TR Turkey|TW Taiwan|TZ Tanzania|UA Ukraine|"
    "UG Uganda|US United States|UY Uruguay|VN Vietnam|ZA South Africa"
)


def _named(lines):
    return [line.split(" ", 1) for line in lines.split("|")]


def add(apps, schema_editor):
    language, market = apps.get_model("catalog", "Language"), apps.get_model("catalog", "Market")
    language.objects.bulk_create(
        [language(code=code, name=name, is_right_to_left=code in RIGHT_TO_LEFT) for code, name in _named(LANGUAGES)]
    )
    market.objects.bulk_create([market(code=code, name=name) for code, name in _named(MARKETS)])


class Migration(migrations.Migration):
    dependencies = [("catalog", "0001_initial")]

    operations = [migrations.RunPython(add, migrations.RunPython.noop)]

"""The words of the simulated items: everyday sentences, and bracketed stand-ins for what breaks a rule."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

# Nothing here can hurt: a violation is named in brackets, never written out.
HARMLESS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "en": (
            "Thank you for the recipe, it worked at the first try.",
            "The second part of the video explains it better than the first.",
            "Does anybody know which bus goes to the lake on Sundays?",
            "My sister plays in this band, come and listen on Friday.",
            "I do not agree, but I see what you mean.",
            "The parcel came two days early and nothing was broken.",
        ),
        "es": (
            "Gracias por la receta, salió bien a la primera.",
            "La segunda parte del video lo explica mejor que la primera.",
            "¿Alguien sabe qué autobús va al lago los domingos?",
            "Mi hermana toca en este grupo, vengan el viernes.",
            "No estoy de acuerdo, pero entiendo lo que dices.",
            "Qué bien que ya abrieron otro local en el barrio.",
        ),
        "pt": (
            "Obrigado pela receita, deu certo na primeira vez.",
            "A segunda parte do vídeo explica melhor do que a primeira.",
            "Alguém sabe que ônibus vai ao lago aos domingos?",
            "Minha irmã toca nesta banda, venham na sexta.",
            "Não concordo, mas entendo o que você quer dizer.",
            "A encomenda chegou dois dias antes e nada quebrou.",
        ),
        "ar": (
            "شكرا على الوصفة، نجحت من المرة الأولى.",
            "الجزء الثاني من الفيديو يشرح الأمر أفضل من الأول.",
            "هل يعرف أحد أي حافلة تذهب إلى البحيرة يوم الأحد؟",
            "أختي تعزف في هذه الفرقة، تعالوا يوم الجمعة.",
            "لا أتفق معك، لكنني أفهم ما تقصد.",
            "وصل الطرد قبل موعده بيومين ولم ينكسر شيء.",
        ),
        "de": (
            "Gebrauchtes Fahrrad, gut gepflegt, neue Reifen.",
            "Bücherregal aus Eiche, zwei Meter breit, nur Abholung.",
            "Kamera mit Tasche und zwei Akkus, kaum benutzt.",
            "Kinderwagen, ein Jahr alt, Nichtraucherhaushalt.",
            "Gartenstühle, vier Stück, leichte Spuren vom Wetter.",
        ),
        "fr": (
            "Vélo d'occasion, bien entretenu, pneus neufs.",
            "Bibliothèque en chêne, deux mètres de large, à venir chercher.",
            "Appareil photo avec sacoche et deux batteries, peu servi.",
            "Poussette d'un an, foyer non-fumeur.",
            "Quatre chaises de jardin, quelques traces du temps.",
        ),
    }
)

MARKS: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "insult": {
            "en": "[stand-in for an insult]",
            "es": "[ejemplo de un insulto]",
            "pt": "[exemplo de um insulto]",
            "ar": "[مثال على إهانة]",
        },
        "spam": {
            "en": "[stand-in for an advert with a link]",
            "es": "[ejemplo de publicidad con enlace]",
            "pt": "[exemplo de anúncio com link]",
            "ar": "[مثال على إعلان مع رابط]",
        },
        "counterfeit": {"de": "[Beispiel für eine Fälschung]", "fr": "[exemple de contrefaçon]"},
        "contact": {"de": "[Beispiel für Kontaktdaten]", "fr": "[exemple de coordonnées]"},
        "prohibited": {"de": "[Beispiel für verbotene Ware]", "fr": "[exemple d'un article interdit]"},
    }
)

QUESTIONS: Final = (
    "Can you find a free hour on Friday for a farewell party?",
    "Write a short toast for a colleague who moves to the coast.",
    "How do I get a coffee stain out of a white shirt?",
    "Explain to a child why the sky is blue.",
    "Plan three days in a town by the sea, by train only.",
)
ANSWERS: Final = (
    "Friday from 16:00 to 17:00 is free for the whole team.",
    "Here is a toast: we will miss your patience and your cake.",
    "Cold water first, then a little soap, then the washing machine.",
    "Sunlight has all colours in it, and the air scatters blue the most.",
    "Day one: the harbour. Day two: the cliffs. Day three: the market.",
)
UNSAFE: Final = "[stand-in for an answer that no assistant should give]"
REFUSED: Final = "I would rather not help with that, but I can help you plan something else."

"""Which texts the rules read at all."""

from datetime import date

import pytest

from app.extract import lang, rules

ENGLISH = {
    "news": "The harbour of Callao was closed on Monday after a crane fell into the water, the port authority said in a statement.",
    "headline": "Dozens Killed, Hundreds Missing After Quake Strikes Northern Peru, Officials Say",
    "headline without function words": "Mine Blast Kills Dozens, Wounds Scores, Callao Police Officials Report Monday",
    "headline without verbs of saying": "Port Workers Strike for Third Day as Talks With Owners Collapse",
    "capitals": "FIRE IN CALLAO: THE PORT HAS BEEN CLOSED AND NO SHIP MAY LEAVE, THE MAYOR OF THE CITY SAID",
    "names": "Mr. Omar al-Masri of the Ministry of Water, Hamid Rada of Kelvar and "
    "Li Wei of the Basin Daily met in Nuuk with Kari Holt.",
    "foreign names": "Egyptian Minister Omar al-Masri left Los Angeles for La Paz and met El Salvador's Ana de la Cruz.",
    "market": "Shares of Acme Corp fell 3.2% to $41.20 on Friday, while Beta Inc "
    "rose 1.1% to $12.05 and Gamma Ltd closed at $9.90.",
    "curly": "It’s not what we’ve been told, and they’re not happy about it, she said when she was asked about the dam.",
    "speech": "“We will never leave this town,” said the farmer. “My father built "
    "that house, and his father ploughed those fields.”",
}
OTHER = {
    "German": "Der Hafen von Callao wurde am Montag geschlossen, nachdem ein Kran "
    "ins Wasser gefallen war, sagte die Behörde in einer Mitteilung.",
    "French": "Le port de Callao a été fermé lundi après la chute d'une grue dans "
    "l'eau, ont indiqué les autorités dans un communiqué.",
    "Spanish": "El puerto del Callao fue cerrado el lunes después de que una grúa "
    "cayera al agua, según informó la autoridad en un comunicado.",
    "Dutch": "De haven van Callao is maandag gesloten nadat een kraan in het water was gevallen, of dat lang duurt is niet bekend.",
    "Italian": "Il porto di Callao è stato chiuso lunedì dopo che una gru è caduta in acqua, ha detto l'autorità in una nota.",
    "Portuguese": "O porto de Callao foi fechado na segunda-feira depois que um "
    "guindaste caiu na água, disse a autoridade em nota.",
    "Swedish": "Hamnen i Callao stängdes på måndagen efter att en kran fallit i vattnet, uppgav myndigheten i ett uttalande.",
    "Danish": "Havnen i Callao blev lukket mandag, efter at en kran faldt i vandet, "
    "og der er ikke meldt om skader for skibe under land.",
    "Norwegian": "Havnen i Callao ble stengt mandag etter at en kran falt i vannet, og "
    "det er ikke meldt om skader, sa havnesjefen.",
    "Polish": "Port w Callao został zamknięty w poniedziałek po tym, jak dźwig wpadł do wody, i to nie jest koniec, podały władze.",
    "Turkish": "Callao limanı, bir vincin suya düşmesinin ardından pazartesi günü "
    "kapatıldı, liman yönetimi yaptığı açıklamada söyledi.",
    "Indonesian": "Pelabuhan Callao ditutup pada hari Senin setelah sebuah derek jatuh "
    "ke air, kata otoritas dalam sebuah pernyataan.",
    "Finnish": "Callaon satama suljettiin maanantaina sen jälkeen, kun nosturi oli "
    "pudonnut veteen, viranomainen kertoi tiedotteessa.",
    "Russian": "Порт Кальяо был закрыт в понедельник после того, как кран упал в воду, сообщила администрация порта в заявлении.",
    "Arabic": "أغلق ميناء كاياو يوم الاثنين بعد سقوط رافعة في الماء، حسبما قالت سلطة الميناء في بيان لها صدر اليوم.",
    "Chinese": "港务局在一份声明中表示，一台起重机坠入水中后，卡亚俄港于周一关闭，目前没有人员伤亡的报告，调查仍在进行。",
    "Japanese": "港湾当局は声明で、クレーンが水中に落下したため、カヤオ港は月曜日に閉鎖されたと発表した。けが人はいない。",
}


@pytest.mark.parametrize("text", ENGLISH.values(), ids=ENGLISH.keys())
def test_a_text_in_english_is_read(text: str) -> None:
    assert lang.of(text) == "en"


@pytest.mark.parametrize("text", OTHER.values(), ids=OTHER.keys())
def test_a_text_in_another_language_is_not(text: str) -> None:
    assert lang.of(text) is None


@pytest.mark.parametrize("text", OTHER.values(), ids=OTHER.keys())
def test_nor_is_a_long_one(text: str) -> None:
    assert lang.of(f"{text} " * 100) is None


def test_a_page_that_is_half_in_english_is_read() -> None:
    assert lang.of(f"{OTHER['German']}\n{ENGLISH['news']}") == "en"


def test_a_foreign_text_is_not_read_for_its_english_quotation() -> None:
    assert lang.of(f"{OTHER['German'] * 6} „We will be back“, sagte er.") is None


def test_english_that_begins_behind_a_long_foreign_opening_is_read() -> None:
    assert lang.of(f"{OTHER['Spanish'] * 25}\n{ENGLISH['news'] * 60}") == "en"


def test_a_few_words_are_read_in_whatever_language() -> None:
    assert lang.of("Guten Morgen, liebe Leute") == "en"
    assert lang.of("") == "en"


def test_but_not_in_another_script() -> None:
    assert lang.of("Доброе утро, мир") is None


def test_a_text_that_is_not_read_holds_nothing_and_says_so() -> None:
    found = rules.extract(OTHER["French"], date(2024, 2, 13))
    assert (found.entities, found.dates, found.claims) == ((), (), ())
    assert found.warnings == ("Nothing was looked for: the text is in none of the languages read (en).",)


def test_the_rules_read_the_languages_that_have_a_folder() -> None:
    assert rules.LANGUAGES == lang.CODES == ("en",)

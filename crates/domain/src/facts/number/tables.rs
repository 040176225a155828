//! How the world writes numbers: marks, multiples and words.

/// Marks and codes of currencies, and the name that all writings of one share.
pub(super) const CURRENCIES: &str = "us$=usd r$=brl a$=aud c$=cad $=usd €=eur £=gbp ¥=jpy ₹=inr ₽=rub ₩=krw ₪=ils ₺=try ₴=uah zł=pln \
     kč=czk usd=usd eur=eur gbp=gbp chf=chf dollars=usd dollar=usd bucks=usd euros=eur euro=eur \
     pounds=gbp kr=kr 円=jpy 元=cny 원=krw руб=rub рублей=rub рубля=rub рубль=rub cents=cent \
     złotych=pln złote=pln złoty=pln złotego=pln kronor=kr kroner=kr krona=kr krone=kr tl=try lira=try reais=brl \
     franken=chf francs=chf yen=jpy yuan=cny won=krw korun=czk korún=eur гривень=uah shekels=ils 块=cny";

/// Words and letters that multiply the number before them.
pub(super) const MULTIPLES: &str = "hundred=1e2 thousand=1e3 million=1e6 billion=1e9 trillion=1e12 mn=1e6 bn=1e9 mio=1e6 mrd=1e9 \
     tausend=1e3 millionen=1e6 milliarden=1e9 mille=1e3 millions=1e6 milliards=1e9 thousands=1e3 \
     billions=1e9 hundreds=1e2 mil=1e3 millones=1e6 millón=1e6 mila=1e3 milioni=1e6 milhões=1e6 \
     miljoen=1e6 duizend=1e3 tys=1e3 mln=1e6 tusen=1e3 miljoner=1e6 тыс=1e3 тысяч=1e3 млн=1e6 \
     миллионов=1e6 lakh=1e5 crore=1e7 万=1e4 萬=1e4 億=1e8 亿=1e8 千=1e3 백=1e2 천=1e3 만=1e4 억=1e8 \
     bin=1e3 milyon=1e6 tysięcy=1e3 tysiące=1e3 tysiąc=1e3 тысячи=1e3 тысяча=1e3 тысячам=1e3 миллион=1e6 \
     миллиона=1e6 tusinde=1e3 tuhatta=1e3 tisíc=1e3 ezer=1e3 ألف=1e3 آلاف=1e3 مليون=1e6 אלף=1e3 מיליון=1e6 \
     हज़ार=1e3 लाख=1e5";

/// Numbers in words; those that mean something else as well are left out.
pub(super) const NUMBER_WORDS: &str = "one=1 two=2 three=3 four=4 five=5 six=6 seven=7 eight=8 nine=9 ten=10 eleven=11 twelve=12 \
     thirteen=13 fourteen=14 fifteen=15 sixteen=16 seventeen=17 eighteen=18 nineteen=19 twenty=20 \
     thirty=30 forty=40 fifty=50 sixty=60 seventy=70 eighty=80 ninety=90 hundred=100 thousand=1e3 \
     million=1e6 billion=1e9 dozen=12 half=0.5 zwei=2 drei=3 vier=4 fünf=5 sechs=6 sieben=7 acht=8 neun=9 \
     zehn=10 zwölf=12 zwanzig=20 dreißig=30 hundert=100 deux=2 trois=3 quatre=4 cinq=5 sept=7 huit=8 \
     dix=10 vingt=20 trente=30 cent=100 dos=2 tres=3 cuatro=4 cinco=5 seis=6 siete=7 ocho=8 nueve=9 \
     diez=10 cien=100 mil=1e3 dreizehn=13 vierzehn=14 fünfzehn=15 vierzig=40 fünfzig=50 sechzig=60 siebzig=70 \
     achtzig=80 neunzig=90 tausend=1e3 onze=11 douze=12 quinze=15 quarante=40 cinquante=50 soixante=60 mille=1e3 \
     doce=12 quince=15 veinte=20 treinta=30 cuarenta=40 cincuenta=50 doscientos=200 quinientos=500 tre=3 quattro=4 \
     cinque=5 sette=7 dieci=10 dodici=12 quindici=15 venti=20 trenta=30 quaranta=40 cinquanta=50 cento=100 dois=2 \
     duas=2 três=3 quatro=4 oito=8 dez=10 doze=12 vinte=20 trinta=30 quarenta=40 cinquenta=50 cem=100 duzentos=200 \
     quinhentos=500 twee=2 drie=3 vijf=5 zes=6 zeven=7 negen=9 tien=10 twaalf=12 vijftien=15 twintig=20 dertig=30 \
     veertig=40 vijftig=50 honderd=100 duizend=1e3 två=2 fyra=4 fem=5 sju=7 åtta=8 nio=9 tio=10 tolv=12 femton=15 \
     tjugo=20 trettio=30 fyrtio=40 femtio=50 hundra=100 tusen=1e3 dwa=2 dwie=2 dwóch=2 trzy=3 trzech=3 cztery=4 \
     czterech=4 pięć=5 pięciu=5 sześć=6 siedem=7 osiem=8 dziewięć=9 dziesięć=10 dziesięciu=10 dwanaście=12 \
     piętnaście=15 dwadzieścia=20 trzydzieści=30 czterdzieści=40 pięćdziesiąt=50 dwieście=200 pięćset=500 два=2 \
     две=2 двух=2 три=3 трёх=3 трех=3 четыре=4 пять=5 пяти=5 шесть=6 семь=7 восемь=8 девять=9 десять=10 десяти=10 \
     двенадцать=12 пятнадцать=15 двадцать=20 двадцати=20 тридцать=30 сорок=40 пятьдесят=50 сто=100 ста=100 \
     двести=200 пятьсот=500 iki=2 üç=3 dört=4 beş=5 altı=6 yedi=7 sekiz=8 dokuz=9 yirmi=20 otuz=30 kırk=40 elli=50 \
     yüz=100 سبعة=7 عشرة=10 خمسة=5 ثلاثة=3 שלושה=3 חמישה=5 עשרה=10";

/// Words for many, which a larger number on the page makes true.
pub(super) const MANY: &str = "dozens=24 hundreds=200 thousands=2e3 millions=2e6 billions=2e9 hunderte=200 hunderten=200 \
     tausende=2e3 tausenden=2e3 millionen=2e6 centaines=200 milliers=2e3 cientos=200 miles=2e3 \
     millones=2e6 centinaia=200 migliaia=2e3 milhares=2e3 duizenden=2e3 tysiące=2e3 tysięcy=2e3 \
     тысячи=2e3";

/// Words that make a multiple of what was.
pub(super) const FOLDS: &str = "double=2x doubles=2x doubled=2x twice=2x triple=3x triples=3x tripled=3x quadruple=4x tenfold=10x \
     doppelt=2x verdoppeln=2x verdreifachen=3x doublez=2x duplica=2x";

pub(super) const PERCENT_WORDS: [&str; 9] =
    ["percent", "pct", "prozent", "procent", "procento", "процентов", "процент", "porcento", "percento"];

/// What a table of `name=value` says of a name.
pub(super) fn look_up(table: &'static str, name: &str) -> Option<&'static str> {
    rows(table).find(|(known, _)| *known == name).map(|(_, value)| value)
}

pub(super) fn rows(table: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    table.split(' ').filter_map(|row| row.split_once('='))
}

pub(super) fn number_named(table: &'static str, name: &str) -> Option<f64> {
    look_up(table, name)?.parse().ok()
}

/// Words before a year.
pub(super) const BEFORE_YEARS: [&str; 16] = [
    "since",
    "in",
    "from",
    "est",
    "established",
    "founded",
    "until",
    "by",
    "seit",
    "depuis",
    "desde",
    "dal",
    "sinds",
    "sedan",
    "od",
    "с",
];

/// Ends of words that multiply what stands before them: `zehntausend`, `tremila`, `vijfhonderd`.
pub(super) const COMPOUND_ENDS: &str =
    "tausend=1e3 hundert=1e2 mila=1e3 cento=1e2 duizend=1e3 honderd=1e2 tusen=1e3 hundra=1e2";

/// What stands before such an end, where alone it means something else as well.
pub(super) const COMPOUND_HEADS: &str = "due=2 sei=6 otto=8 nove=9 vier=4 acht=8 sex=6";

/// Words that say how long something takes: `in an hour`.
pub(super) const WITHIN: &str = "in within under inside på inom en em dans binnen w za за через";

/// One of something.
pub(super) const ARTICLES: &str =
    "a an one ein eine einer einem einen un una une um uma een en ett jednej jeden jedną один одну bir";

/// Beginnings of the words for spans of time.
pub(super) const TIMES: &str = "second minute hour day week month night sekund minut stunde tag woche monat heure jour semaine \
     mois hora día dia semana mes ora giorno settimana mese uur dag maand timme vecka månad godzin dzień dni tydzień \
     miesiąc час минут день сутки недел месяц gün saat dakika hafta";

/// Whether a word is in a list.
pub(super) fn is_listed(list: &'static str, word: &str) -> bool {
    list.split(' ').any(|known| known == word)
}

"""What columns are called in exports of other systems, by field and language.

Names are compared by `crmkit.text.compact` without punctuation, so "E-poçt", "e poct" and "EPOÇT" are one. The
first name of a language is the field's own (confidence 1), the others are synonyms (0.9).
"""

from __future__ import annotations

_NAMES: dict[str, dict[str, str]] = {
    "given_name": {
        "en": "First name|Given name|Forename|Firstname|Christian name|Fname|Personal name",
        "fa": "نام|نام کوچک|اسم|اسم کوچک|نام شخص",
        "az": "Ad|Adı|İsim",
        "ms": "Nama pertama|Nama|Nama depan|Nama diberi",
        "tr": "İsim|Adı",
        "de": "Vorname",
        "fr": "Prénom",
        "es": "Nombre|Nombre de pila|Nome|Primeiro nome",
        "nl": "Voornaam",
        "ar": "الاسم الأول|الاسم الاول",
    },
    "family_name": {
        "en": "Last name|Family name|Surname|Lastname|Lname|Second name",
        "fa": "نام خانوادگی|فامیلی|فامیل|شهرت|نام خانوادگي",
        "az": "Soyad|Soyadı|Familiya",
        "ms": "Nama keluarga|Nama akhir|Nama belakang|Nama bapa",
        "tr": "Soyisim|Soyadı",
        "de": "Nachname|Familienname|Zuname",
        "fr": "Nom|Nom de famille",
        "es": "Apellido|Apellidos|Sobrenome|Cognome",
        "nl": "Achternaam|Familienaam",
        "ar": "اسم العائلة|الاسم الأخير|اللقب",
    },
    "middle_name": {
        "en": "Middle name|Additional name|Second given name|Patronymic",
        "az": "Ata adı|Atasının adı",
        "ms": "Nama tengah",
    },
    "full_name": {
        "en": "Full name|Name|Contact name|Display name|Contact|Customer name|Person|Customer|Client|Client name",
        "fa": "نام و نام خانوادگی|نام کامل|نام مشتری|نام مخاطب|مخاطب|نام و فامیل|مشتری|نام و فامیلی",
        "az": "Ad soyad|Tam ad|Ad və soyad|Soyad ad|A.S.A|Müştəri|Soyad ad ata adı|Adı soyadı|Ad, soyad",
        "ms": "Nama penuh|Nama pelanggan|Nama kenalan|Pelanggan",
        "tr": "Ad soyad|Adı soyadı|İsim soyisim",
        "de": "Vollständiger Name|Kontakt|Ansprechpartner",
        "fr": "Nom complet|Nom et prénom",
        "es": "Nombre completo|Nombre y apellidos|Nome completo",
        "ar": "الاسم الكامل|الاسم",
    },
    "honorific": {
        "en": "Honorific|Salutation|Name prefix|Prefix|Courtesy title",
        "fa": "عنوان|پیشوند|پیشوند نام|لقب",
        "az": "Müraciət|Titul",
        "ms": "Gelaran|Panggilan|Gelar",
        "de": "Anrede",
        "fr": "Civilité",
        "es": "Tratamiento",
    },
    "email": {
        "en": "Email|Email address|Mail|Mail address|Electronic mail|E-mail value|Email addresses|Emails",
        "fa": "ایمیل|پست الکترونیک|پست الکترونیکی|رایانامه|آدرس ایمیل|نشانی ایمیل|نشانی الکترونیکی|میل",
        "az": "E-poçt|Elektron poçt|E-poçt ünvanı|Elektron ünvan|Poçt|Elektron poçt ünvanı|E-ünvan",
        "ms": "E-mel|Emel|Alamat e-mel|Mel elektronik",
        "tr": "E-posta|E-posta adresi",
        "de": "E-Mail-Adresse|Mailadresse",
        "fr": "Courriel|Adresse e-mail|Adresse électronique|Mél|Adresse mail",
        "es": "Correo|Correo electrónico|Correo-e|Endereço de email",
        "nl": "E-mailadres",
        "ar": "البريد الإلكتروني|البريد الالكتروني|الإيميل|ايميل",
    },
    "phone": {
        "en": "Phone|Telephone|Mobile|Phone number|Tel|Cell|Cell phone|Mobile phone|Mobile number|Telephone number"
        "|Cellphone|Phone value|Contact number|Tel no|Phone no|Mobile no|Landline|Handphone|WhatsApp|Phones"
        "|Cellular"
        "|Main phone|Direct phone|Phone numbers|Cell number|GSM",
        "fa": "تلفن|موبایل|شماره تلفن|تلفن همراه|همراه|شماره همراه|شماره موبایل|شماره تماس|تماس|تلفن ثابت|تلفن تماس"
        "|شماره تلفن همراه|گوشی|واتساپ|شماره|تلفن محل کار|تلفن منزل",
        "az": "Telefon|Mobil|Telefon nömrəsi|Mobil telefon|Mobil nömrə|Əlaqə nömrəsi|Nömrə|Tel|Əlaqə|Əlaqə telefonu"
        "|Ev telefonu|İş telefonu",
        "ms": "Telefon|Nombor telefon|No. telefon|Telefon bimbit|No. tel|Bimbit|Nombor bimbit|H/P|No. bimbit"
        "|Nombor untuk dihubungi|No. telefon bimbit|Telefon pejabat|Telefon rumah",
        "tr": "Cep|Cep telefonu|Telefon numarası|Telefon no",
        "de": "Telefonnummer|Handy|Rufnummer|Mobiltelefon|Mobilnummer|Festnetz|Handynummer",
        "fr": "Téléphone|Portable|Numéro de téléphone|Téléphone portable|Téléphone mobile|Tél",
        "es": "Teléfono|Móvil|Celular|Teléfono móvil|Número de teléfono|Telefone|Telefono",
        "nl": "Telefoon|Telefoonnummer|Mobiel",
        "ar": "الهاتف|رقم الهاتف|الجوال|الموبايل|رقم الجوال|هاتف",
    },
    "company": {
        "en": "Company|Organization|Organisation|Company name|Account|Account name|Employer|Firm|Business"
        "|Business name"
        "|Organization name|Organisation name|Associated company|Company/organization|Work company",
        "fa": "شرکت|نام شرکت|سازمان|نام سازمان|مؤسسه|موسسه|محل کار|شرکت/سازمان|کارفرما",
        "az": "Şirkət|Şirkətin adı|Təşkilat|Müəssisə|Firma|İş yeri|Şirkət adı|Təşkilatın adı",
        "ms": "Syarikat|Nama syarikat|Organisasi|Majikan|Firma|Pertubuhan|Tempat kerja",
        "tr": "Şirket|Kurum|Şirket adı",
        "de": "Firma|Unternehmen|Firmenname|Organisation",
        "fr": "Société|Entreprise|Organisation|Raison sociale",
        "es": "Empresa|Compañía|Organización|Azienda|Società|Razón social",
        "nl": "Bedrijf|Bedrijfsnaam|Organisatie",
        "ar": "الشركة|اسم الشركة|المؤسسة",
    },
    "job_title": {
        "en": "Job title|Title|Position|Role|Job|Occupation|Profession|Designation|Organization title|Jobtitle|Post",
        "fa": "سمت|شغل|عنوان شغلی|پست|حرفه|سمت شغلی|پست سازمانی|نقش",
        "az": "Vəzifə|Vəzifəsi|Peşə|İş|Vəzifə adı|Peşəsi",
        "ms": "Jawatan|Pekerjaan|Gelaran jawatan|Profesion|Peranan",
        "tr": "Görev|Meslek|Pozisyon|İş unvanı",
        "de": "Position|Beruf|Funktion|Stelle|Berufsbezeichnung|Jobtitel",
        "fr": "Fonction|Poste|Profession|Titre du poste",
        "es": "Cargo|Puesto|Ocupación|Qualifica|Profesión",
        "nl": "Functie|Beroep",
        "ar": "المسمى الوظيفي|الوظيفة|المنصب",
    },
    "street": {
        "en": "Street|Address|Street address|Address line 1|Address line|Mailing address|Postal address"
        "|Mailing street"
        "|Address line 2|Address line 3|Formatted address|Full address",
        "fa": "خیابان|آدرس|نشانی|آدرس پستی|نشانی پستی",
        "az": "Küçə|Ünvan|Adres|Poçt ünvanı|Ünvanı",
        "ms": "Jalan|Alamat|Alamat surat-menyurat|Alamat rumah|Alamat penuh",
        "tr": "Cadde|Sokak",
        "de": "Straße|Adresse|Anschrift|Strasse",
        "fr": "Rue|Adresse|Adresse postale",
        "es": "Calle|Dirección|Endereço|Indirizzo|Rua|Via",
        "nl": "Straat|Adres",
        "ar": "العنوان|الشارع",
    },
    "city": {
        "en": "City|Town|Locality|Mailing city|City/town|Place",
        "fa": "شهر|شهرستان|محل سکونت",
        "az": "Şəhər|Şəhəri|Rayon",
        "ms": "Bandar|Bandaraya|Pekan",
        "tr": "Şehir|İl|İlçe",
        "de": "Stadt|Ort|Wohnort",
        "fr": "Ville|Commune|Localité",
        "es": "Ciudad|Localidad|Cidade|Città|Población",
        "nl": "Stad|Plaats|Woonplaats",
        "ar": "المدينة",
    },
    "state": {
        "en": "State|Province|Region|County|State/province|Mailing state|State/region|Mailing state/province",
        "fa": "استان|ایالت",
        "az": "Vilayət|Bölgə|Region",
        "ms": "Negeri|Wilayah",
        "de": "Bundesland",
        "fr": "Département|Région",
        "es": "Provincia|Estado",
    },
    "postal_code": {
        "en": "Postal code|ZIP|Postcode|ZIP code|Mailing zip|ZIP/postal code|Mailing zip/postal code"
        "|Mailing postal code",
        "fa": "کد پستی|کدپستی",
        "az": "Poçt indeksi|İndeks|Poçt kodu",
        "ms": "Poskod|Kod pos",
        "tr": "Posta kodu",
        "de": "PLZ|Postleitzahl",
        "fr": "Code postal|CP",
        "es": "Código postal|CEP|CAP",
        "nl": "Postcode",
    },
    "country": {
        "en": "Country|Country/region|Mailing country|Nation|Country code|Country name",
        "fa": "کشور",
        "az": "Ölkə|Dövlət",
        "ms": "Negara",
        "tr": "Ülke",
        "de": "Land",
        "fr": "Pays",
        "es": "País|Paese",
        "ar": "الدولة|البلد",
    },
    "source": {
        "en": "Source|Lead source|Contact source|Original source|Channel|Origin|How did you hear about us"
        "|Acquisition source",
        "fa": "منبع|منبع سرنخ|نحوه آشنایی|منبع آشنایی|طریقه آشنایی|کانال",
        "az": "Mənbə|Mənbəyi|Kanal|Haradan",
        "ms": "Sumber|Sumber prospek|Saluran|Punca",
        "tr": "Kaynak",
        "de": "Quelle|Herkunft",
        "fr": "Origine|Provenance",
        "es": "Fuente|Origen|Origem|Fonte",
    },
    "tags": {
        "en": "Tags|Tag|Labels|Label|Categories|Category|Groups|Group|Group membership|Keywords|Segment|Segments",
        "fa": "برچسب‌ها|برچسب|تگ|دسته|دسته‌بندی|گروه|تگ‌ها|گروه‌ها|دسته‌ها|کلیدواژه‌ها",
        "az": "Etiketlər|Etiket|Teqlər|Teq|Kateqoriya|Qrup|Kateqoriyalar|Qruplar|Açar sözlər",
        "ms": "Tag|Label|Kategori|Kumpulan|Penanda|Teg",
        "tr": "Etiketler|Grup",
        "de": "Schlagwörter|Kategorien|Gruppe|Stichwörter",
        "fr": "Étiquettes|Catégories|Groupe|Mots-clés",
        "es": "Etiquetas|Categorías|Grupo",
    },
    "language": {
        "en": "Language|Preferred language|Lang|Language code",
        "fa": "زبان",
        "az": "Dil",
        "ms": "Bahasa",
        "de": "Sprache",
        "fr": "Langue",
        "es": "Idioma",
    },
    "time_zone": {
        "en": "Time zone|Timezone|TZ",
        "fa": "منطقه زمانی",
        "az": "Saat qurşağı|Vaxt zonası",
        "ms": "Zon masa",
        "de": "Zeitzone",
        "fr": "Fuseau horaire",
    },
    "birthday": {
        "en": "Birthday|Date of birth|Birth date|DOB|Birthdate|Born",
        "fa": "تاریخ تولد|تولد|زادروز",
        "az": "Doğum tarixi|Doğum günü|Təvəllüd",
        "ms": "Tarikh lahir|Hari lahir|Hari jadi",
        "tr": "Doğum tarihi",
        "de": "Geburtsdatum|Geburtstag",
        "fr": "Date de naissance|Anniversaire",
        "es": "Fecha de nacimiento|Cumpleaños",
    },
    "created": {
        "en": "Created|Created at|Date created|Create date|Created date|Creation date|Created on|Created time"
        "|Date added"
        "|Added|Registered|Registration date|Signup date|Sign-up date|Member since|Customer since|Create time",
        "fa": "تاریخ ایجاد|تاریخ ثبت|ایجاد|زمان ایجاد|تاریخ عضویت|تاریخ ثبت نام|تاریخ ساخت",
        "az": "Yaradılma tarixi|Yaradılıb|Qeydiyyat tarixi|Əlavə tarixi|Tarix|Yaranma tarixi",
        "ms": "Tarikh dicipta|Dicipta|Tarikh daftar|Tarikh pendaftaran|Dicipta pada|Tarikh",
        "tr": "Oluşturma tarihi|Kayıt tarihi|Oluşturulma tarihi",
        "de": "Erstellt|Erstellt am|Erstellungsdatum|Angelegt am",
        "fr": "Créé le|Date de création",
        "es": "Creado|Fecha de creación|Fecha de alta",
    },
    "lifecycle_stage": {
        "en": "Lifecycle stage|Lifecycle|Stage|Status|Lead status|Contact status|Customer status",
        "fa": "مرحله|وضعیت|مرحله چرخه عمر|وضعیت مشتری",
        "az": "Mərhələ|Status|Vəziyyət",
        "ms": "Peringkat|Status|Tahap",
    },
    "social.linkedin": {"en": "LinkedIn|LinkedIn URL|LinkedIn profile|Person LinkedIn URL", "fa": "لینکدین"},
    "social.instagram": {"en": "Instagram|Instagram handle", "fa": "اینستاگرام"},
    "social.telegram": {"en": "Telegram|Telegram ID|Telegram handle|Telegram username", "fa": "تلگرام"},
    "social.x": {"en": "Twitter|Twitter handle|X handle|Twitter username", "fa": "توییتر"},
    "social.facebook": {"en": "Facebook|Facebook URL", "fa": "فیسبوک"},
}

# Words that say which of several addresses or numbers a column holds; the label it gets.
_LABELS: dict[str, str] = {
    "work": "work|business|office|company|direct|کاری|محل کار|کار|اداره|دفتر|شرکت|iş|ofis|pejabat|kerja|arbeit"
    "|geschäftlich"
    "|dienstlich|professionnel|bureau|trabajo|werk",
    "home": "home|personal|private|landline|منزل|خانه|شخصی|ثابت|ev|şəxsi|rumah|peribadi|privat|domicile"
    "|personnel|casa|thuis",
    "mobile": "mobile|cell|cellphone|cellular|handphone|handy|mobil|موبایل|همراه|تلفن همراه|cib|bimbit|hp"
    "|portable|móvil|celular"
    "|mobiel|cep|gsm|الجوال",
    "whatsapp": "whatsapp|واتساپ",
    "other": "other|secondary|alternative|alternate|additional|second|دیگر|دوم|سایر|digər|ikinci|lain|kedua"
    "|andere|autre|otro",
    "": "primary|main|default|first|main value|value|اصلی|اول|əsas|utama|haupt|principal",
}


def names() -> list[tuple[str, str, str, bool]]:
    """(field, language, name, whether it is the field's own name in that language), as written above."""
    return [
        (field, language, name, first == 0)
        for field, languages in _NAMES.items()
        for language, listed in languages.items()
        for first, name in enumerate(listed.split("|"))
    ]


def labels() -> list[tuple[str, str]]:
    """(word, label), as written above."""
    return [(word, label) for label, listed in _LABELS.items() for word in listed.split("|")]


FIELDS = tuple(_NAMES)

import { type Locale, words } from './locale.ts';

export const germany: Locale = {
  country: 'Germany',
  dial: '+49',
  language: 'German',
  given: words('Anna Jürgen Käthe Lukas Björn Zoë Günther Sabine Jörg Mia Ünal Hans-Peter Renate Sören Ingrid Felix'),
  family: words(
    'Müller Müller Müller Müller Schäfer Groß Weiß Krüger Köhler Böhm Schröder Vogel Günter Lang Yılmaz Öztürk Hübner Maaß',
  ),
  streets: ['Hauptstraße', 'Bahnhofstr.', 'Lindenallee', 'Am Mühlbach', 'Kaiserplatz'],
  cities: [
    ['Berlin', 'Berlin', '10###'],
    ['München', 'Bayern', '80###'],
    ['Köln', 'Nordrhein-Westfalen', '50###'],
    ['Görlitz', 'Sachsen', '028##'],
  ],
  companyEnds: ['GmbH', 'AG', 'GmbH & Co. KG', 'e.K.'],
};

export const france: Locale = {
  country: 'France',
  dial: '+33',
  language: 'French',
  given: words(
    'Chloé Rémi Aurélie François Zoé Benoît Hélène Jean-Luc Noémie Loïc Maëlle Gaël Célia Étienne Inès Théo',
  ),
  family: words(
    "Lefèvre Gauthier Bézier D'Arcy Rousseau Noël L'Héritier Fournier Pélissier Garçon Michaud Renaud Hébert",
  ),
  streets: ['rue de la Paix', "avenue de l'Opéra", 'boulevard Voltaire', 'chemin des Érables', 'quai n° 4'],
  cities: [
    ['Paris', null, '750##'],
    ['Lyon', null, '6900#'],
    ['Saint-Étienne', null, '42###'],
    ['Orléans', null, '45###'],
  ],
  companyEnds: ['SARL', 'SA', 'SAS', '& Fils'],
};

export const unitedKingdom: Locale = {
  country: 'United Kingdom',
  dial: '+44',
  language: 'English',
  given: words('Oliver Siobhán Harry Zoë Isla Renée Callum Freya Alistair Maeve Imogen Rhys Gwen Niall Priya Tariq'),
  family: words(
    "O'Brien Smith-Jones Taylor Brontë MacLeod Evans Ó'Súilleabháin Walker Patel Hughes Ashworth Khan Bell",
  ),
  streets: ['High Street', 'Station Road', "St. Mary's Lane", 'The Crescent', 'Mill Hill'],
  cities: [
    ['London', null, 'SW#@ #@@'],
    ['Leeds', 'West Yorkshire', 'LS# #@@'],
    ['Edinburgh', 'Scotland', 'EH# #@@'],
    ['Cardiff', 'Wales', 'CF# #@@'],
  ],
  companyEnds: ['Ltd', 'PLC', '& Sons Ltd', 'LLP'],
};

export const spain: Locale = {
  country: 'Spain',
  dial: '+34',
  language: 'Spanish',
  given: words('José María Íñigo Lucía Ángel Begoña Raúl Sofía Iñaki Nuria Jesús Núria Óscar Rocío Andrés Mónica'),
  family: words('García Núñez Peña Muñoz Ibáñez López Cañas Gutiérrez Ordóñez Vázquez Sáez Martínez Güell Piñeiro'),
  streets: ['Calle Mayor', 'Avda. de la Constitución', 'Plaza España', 'Paseo de Gràcia'],
  cities: [
    ['Madrid', 'Madrid', '280##'],
    ['A Coruña', 'Galicia', '150##'],
    ['Málaga', 'Andalucía', '290##'],
    ['Las Palmas', 'Canarias', '350##'],
  ],
  companyEnds: ['S.L.', 'S.A.', 'e Hijos S.L.'],
};

export const poland: Locale = {
  country: 'Poland',
  dial: '+48',
  language: 'Polish',
  given: words('Łukasz Małgorzata Jędrzej Żaneta Paweł Agnieszka Michał Zofia Stanisław Bożena Wojciech Ewa Józef Iga'),
  family: words('Wójcik Żuk Dąbrowski Łuczak Święcka Nowak Gąsior Woźniak Piątek Zięba Sokół Mroczek Źróbek Kaczmarek'),
  streets: ['ul. Długa', 'ul. Świętojańska', 'al. Jerozolimskie', 'os. Słoneczne'],
  cities: [
    ['Warszawa', 'mazowieckie', '00-###'],
    ['Kraków', 'małopolskie', '30-###'],
    ['Łódź', 'łódzkie', '90-###'],
    ['Gdańsk', 'pomorskie', '80-###'],
  ],
  companyEnds: ['Sp. z o.o.', 'S.A.', 'sp.k.'],
};

export const turkey: Locale = {
  country: 'Turkey',
  dial: '+90',
  language: 'English',
  given: words('İbrahim Ayşe Çağla Işıl Emre Gülşen Şule Oğuz Zeynep Barış Ümit Defne'),
  family: words('Yıldız İnce Çelik Şahin Işık Doğan Kılıç Özdemir Güneş Aydın Koç Uçar'),
  streets: ['İstiklal Caddesi', 'Atatürk Blv.', 'Çınar Sokak'],
  cities: [
    ['İstanbul', null, '34###'],
    ['İzmir', null, '35###'],
    ['Eskişehir', null, '26###'],
  ],
  companyEnds: ['A.Ş.', 'Ltd. Şti.'],
};

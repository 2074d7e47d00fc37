import { type Locale, words } from './locale.ts';

export const unitedStates: Locale = {
  country: 'United States',
  dial: '+1',
  language: 'English',
  given: words('Emma Liam Olivia Noah Ava DeShawn Mary-Ann Ethan Guadalupe Mason Harper Logan Zoe Wyatt Renee Jayden'),
  family: words(
    "Johnson O'Neil Williams St.John McDonald Garcia Baker-Hill Nguyen Cohen VanDyke D'Angelo Carter Lee Reed",
  ),
  streets: ['Main St', 'Oak Avenue', '5th Ave', 'Elm Street, Suite', 'County Road'],
  cities: [
    ['New York', 'NY', '100##'],
    ['Chicago', 'IL', '606##'],
    ['Denver', 'CO', '802##'],
    ['San José', 'CA', '951##'],
    ['Anchorage', 'AK', '995##'],
    ['Honolulu', 'HI', '968##'],
  ],
  companyEnds: ['Inc.', 'LLC', 'Corp.', '& Co., Inc.'],
};

export const canada: Locale = {
  country: 'Canada',
  dial: '+1',
  language: 'French',
  given: words('Élodie Mathieu Océane Liam Sophie-Anne Gabriel Noah Amélie Jérôme Mélissa Owen Félix'),
  family: words('Tremblay Côté Gagné Bélanger MacKenzie Roy-Lévesque Fortin Chan Singh Beaulieu Morin Ouellet'),
  streets: ['rue Sainte-Catherine', 'King Street W', 'chemin du Lac', 'Portage Ave'],
  cities: [
    ['Montréal', 'QC', 'H2@ #@#'],
    ['Toronto', 'ON', 'M5@ #@#'],
    ['Vancouver', 'BC', 'V6@ #@#'],
    ["St. John's", 'NL', 'A1@ #@#'],
  ],
  companyEnds: ['Inc.', 'Ltée', 'Ltd.'],
};

export const brazil: Locale = {
  country: 'Brazil',
  dial: '+55',
  language: 'Portuguese',
  given: words('João Antônia Luís Conceição Débora Cauã Thaís Vinícius Mônica Sebastião Inês Érica'),
  family: words('Gonçalves Araújo Simões Falcão Assunção Magalhães Luz Brandão Conceição Sá Peçanha Leão'),
  streets: ['Rua São José', 'Av. Paulista', 'Praça da Sé', 'Travessa 12 de Outubro'],
  cities: [
    ['São Paulo', 'SP', '01###-###'],
    ['Rio de Janeiro', 'RJ', '20###-###'],
    ['Manaus', 'AM', '690##-###'],
    ['Florianópolis', 'SC', '880##-###'],
  ],
  companyEnds: ['Ltda.', 'S/A', 'ME'],
};

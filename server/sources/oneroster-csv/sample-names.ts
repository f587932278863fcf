/** Words for generated rosters: plausible and mixed, of nobody in particular. */

export const GIVEN_NAMES: readonly string[] =
  `Aaliyah Abigail Adrián Agnieszka Aiden Aïcha Alejandra Amara Amir Ana Anika Anton Aria Asher Astrid Ava Ayodele Beatriz Benjamin Björn Caleb Camila Carlos Chiara Chloe Chukwuemeka Claire Dalia Daniel Diego Dmitri Elena Eli Emeka Emilia Esra Ethan Eva Fatima Felix Femi Finn Freya Gabriel Giulia Grace Hana Hannah Haruto Hiroshi Hugo Ibrahim Ingrid Isabella Isaac Ivan Jada Jamal James Javier Jin João José Josephine Julian Kai Kamala Karim Keiko Kenji Khadija Kofi Lakshmi Lars Laila Leah Leo Liam Linh Lucía Luka Lukas Maeve Malik Mareike Maria Mateo Maya Mei Mia Miguel Mina Minh Mohamed Naomi Nadia Nia Nikolai Noah Noor Nora Nuria Olivia Omar Oscar Owen Paloma Paolo Pénélope Priya Quinn Rafael Rania Ravi Renée Rosa Ruben Ruth Salma Samir Samuel Sana Santiago Sara Seán Sibel Sofía Soren Sunita Svetlana Takumi Tamar Tariq Thandiwe Theo Thomas Tomás Uma Valentina Vera Victor Violeta Wei Wren Xavier Ximena Yara Yusuf Yuki Zainab Zara Zoë Zuri`.split(
    " ",
  );

export const FAMILY_NAMES: readonly string[] =
  `Abara Abdi Acosta Adeyemi Aguilar Ahmed Ali Alvarez Andersson Antonelli Asante Bailey Banerjee Barnes Becker Bello Bennett Berg Bianchi Bianco Blackwood Boateng Brooks Burke Cabrera Campbell Carvalho Castillo Çelik Chandra Chavez Chen Chowdhury Cohen Cole Contreras Costa Cruz Dang Das Davies Delacroix Desai Diallo Díaz Dimitrov Dubois Duarte Eriksen Escobar Espinoza Farouk Fernández Fischer Flores Fofana Foster Fraser Fuentes Gallagher García Gupta Gutiérrez Haddad Hansen Harper Hassan Hayashi Hernández Herrera Hoang Hoffmann Holm Hughes Hussain Ibarra Ivanov Iyer Jackson Jensen Jiménez Johansson Kamara Kaplan Kapoor Kaur Keller Khan Kim Kimura Kovács Kowalski Krüger Kumar Lam Lambert Larsen Laurent Le Lee León Levy Li Lindqvist Lopes López Luna Mahmoud Maldonado Marino Márquez Martin Mbeki Medina Mehta Mendoza Mensah Meyer Mitchell Mohammed Molina Moreau Moreno Morris Müller Muñoz Murphy Mwangi Nakamura Navarro Nelson Nguyen Nilsson Novak Núñez Nwosu Obi Ochoa O'Brien O'Connor Okafor Okonkwo Olsen Ortega Osei Owens Özdemir Pacheco Park Patel Perez Petrov Pham Pham-Wright Popescu Quispe Rahman Ramirez Rao Reyes Ricci Rivera Robinson Rojas Romano Rossi Ruiz Russo Saidi Salazar Sanders Santos Sato Schmidt Schneider Sharma Silva Singh Solís Soto Sousa Stewart Suzuki Svensson Takahashi Tanaka Taylor Thompson Torres Tran Traoré Turner Valdez Vargas Vega Velasco Vu Wagner Walker Wang Watanabe Weber White Williams Wong Wu Yamamoto Yılmaz Young Zhang Zhou Zimmermann`.split(
    " ",
  );

/** Names that test a reader: other scripts, quotes and commas. Given name and family name. */
export const UNUSUAL_NAMES: readonly (readonly [string, string])[] = [
  ["明", "王"],
  ["さくら", "田中"],
  ["مريم", "حداد"],
  ["Ольга", "Иванова"],
  ['Robert "Bobby"', "Castillo"],
  ["Amelia", "Turner, Jr."],
  ["Đức", "Nguyễn"],
  ["Siobhán", "Ní Bhriain"],
];

const PLACES =
  "Maple Grove|Cedar Ridge|Willow Creek|Stone Bridge|Harbor View|Pine Hollow|Meadow Lake|Silver Birch|Orchard Hill|Sandy Point|Eagle Rock|Fox Run|Clearwater|Sunnyside|Northgate|Westbrook|Riverbend|Lakeshore|Highland Park|Oak Terrace|Juniper Flats|Prairie View|Canyon Springs|Mill Pond|Briarwood|Ashford|Kestrel Heights|Garden Row|Old Quarry|Bayfront".split(
    "|",
  );
const SCHOOL_KINDS = ["Elementary School", "Middle School", "High School", "Academy", "Charter School", "K-8 School"];
const SIDES = ["", "North ", "South ", "East ", "West "];

/** Name of school `index`: the first 900 differ. */
export function schoolName(index: number): string {
  const place = PLACES[index % PLACES.length];
  const kind = SCHOOL_KINDS[(index + Math.floor(index / PLACES.length)) % SCHOOL_KINDS.length];
  const side = SIDES[Math.floor(index / (PLACES.length * SCHOOL_KINDS.length)) % SIDES.length];
  return `${side}${place} ${kind}`;
}

/** Course titles with their SCED subject and code. One holds a comma, as real catalogs do. */
export const COURSES: readonly (readonly [title: string, subject: string, code: string])[] = [
  ["Algebra I", "Algebra I", "02052"],
  ["Algebra II", "Algebra II", "02056"],
  ["Geometry", "Geometry", "02072"],
  ["Biology", "Biology", "03051"],
  ["Chemistry", "Chemistry", "03101"],
  ["Science, Technology and Society", "Science Technology and Society", "03210"],
  ["World History", "World History—Overview", "04051"],
  ["U.S. Government", "United States Government", "04151"],
  ["English 9", "English/Language Arts I", "01001"],
  ["English 10", "English/Language Arts II", "01002"],
  ["Spanish I", "Spanish I", "24052"],
  ["Français débutant", "French I", "24102"],
  ["Art Studio", "Visual Arts—Comprehensive", "05154"],
  ["Concert Band", "Concert Band", "05102"],
  ["Physical Education", "Physical Education", "08001"],
  ["Computer Science Principles", "Computer Science Principles", "10019"],
  ["Reading Workshop", "Reading", "51044"],
  ["Mathematics 4", "Mathematics (grade 4)", "52034"],
  ["Music and Movement", "Music", "55101"],
  ["Health", "Health Education", "08051"],
];

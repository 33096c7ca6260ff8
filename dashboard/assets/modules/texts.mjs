// How an incident is named in the page's language.

export const titleOf = (incident, words) => (words.lang === "en" && incident.title_en ? incident.title_en : incident.title);
export const placeOf = (incident) => incident.place ?? "";

/** A community's name without the word that all of them end with. */
export const shortName = (properties, words) => nameOf(properties, words).replace(words.community_short, "").trim();

/** How wide a text is in ems: a Han character is one, anything Latin about 0.6. */
export const ems = (text) => [...text].reduce((sum, letter) => sum + (letter.charCodeAt(0) > 0x2e7f ? 1 : 0.6), 0);

/** The name of a place or community of the base map. */
export const nameOf = (properties, words) =>
  words.lang === "en" && properties.name_en ? properties.name_en : properties.name;

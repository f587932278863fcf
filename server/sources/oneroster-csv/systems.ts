import type { KnownSystem } from "../source";

const ASK = "Ask whoever looks after it for its OneRoster 1.1 CSV export, as a full list (bulk).";

/** Systems that write OneRoster CSV files. Where a path is given it is the maker's own; elsewhere its administrator knows. */
export const SYSTEMS: readonly KnownSystem[] = [
  {
    name: "PowerSchool SIS",
    aliases: ["powerschool", "power school"],
    where: "In PowerSchool: Setup › System › Page and Data Management › Data Export Manager, with templates for OneRoster files.",
  },
  {
    name: "Infinite Campus",
    aliases: ["campus", "infinitecampus", "ic"],
    where: "In Infinite Campus: System Administration › Data Utilities › Data Extract Utility, set up for OneRoster CSV 1.1.",
  },
  {
    name: "Aeries",
    aliases: ["aeries sis"],
    where: "In Aeries: School Info › Imports and Exports › OneRoster v1.1 Configuration.",
  },
  { name: "Skyward", aliases: ["skyward qmlativ", "qmlativ", "skyward sms"], where: ASK },
  { name: "Synergy", aliases: ["edupoint", "edupoint synergy", "synergy sis"], where: ASK },
  { name: "Aspen", aliases: ["follett aspen", "x2"], where: ASK },
  { name: "eSchoolPlus", aliases: ["eschool", "eschool plus", "eschoolplus sis"], where: ASK },
  { name: "Blackbaud", aliases: ["blackbaud sis", "education management"], where: ASK },
  { name: "Veracross", aliases: [], where: ASK },
  { name: "Alma", aliases: ["alma sis", "getalma"], where: ASK },
  { name: "Genesis", aliases: ["genesis sis"], where: ASK },
  { name: "Tyler SIS", aliases: ["tyler"], where: ASK },
];

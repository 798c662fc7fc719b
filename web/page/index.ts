// What the two pages share beside the npm package.

export { drawn } from "../src/elements/drawn.js";
export * as icons from "./icons.js";
export { configuration, type Brand, type Configuration, type Issuer } from "./configuration.js";
export { Doing, problem, sentenceFor } from "./doing.js";
export { whenNobodyCatches } from "./fault.js";
export { send, trustList, type Call, type Reply } from "./network.js";
export { forgetOffline, keepOffline } from "./offline.js";
export { pageLook, Part, Screen } from "./screen.js";
export { chooseLanguage, languages, speakTheRightLanguage } from "./language.js";

import "../../../web/page/trusted";

import { texts } from "bauta";
import { keepOffline, speakTheRightLanguage, whenNobodyCatches } from "../../../web/page";
import { DoorGuard, type Workman } from "./model/guard";
import { now, Venue } from "./model/venue";
import { VerifierPage } from "./page";
import { addTexts } from "./texts";

addTexts(texts);
speakTheRightLanguage();

const hire = () => new Worker(new URL("./model/door.worker.ts", import.meta.url), { type: "module" }) as Workman;
const venue = new Venue(new DoorGuard(hire, now));
whenNobodyCatches((error) => venue.fail(error));
const page = new VerifierPage();
page.venue = venue;
document.body.append(page);

void venue.start();
// A door that is open has seen codes that a fresh page would not know of.
void keepOffline(() => venue.phase.is !== "open" && venue.phase.is !== "opening");

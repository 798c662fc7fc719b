import "../../../web/page/trusted";

import { texts } from "bauta";
import { keepOffline, speakTheRightLanguage, whenNobodyCatches } from "../../../web/page";
import { App } from "./model/app";
import { WalletPage } from "./page";
import { addTexts } from "./texts";

const link = takeLink();

addTexts(texts);
speakTheRightLanguage();

const app = new App();
whenNobodyCatches((error) => app.fail(error));
const page = new WalletPage();
page.app = app;
document.body.append(page);

addEventListener("hashchange", () => {
  const offered = takeLink();
  if (offered !== undefined) void app.offer(offered);
});
document.addEventListener("visibilitychange", () => app.watched(document.hidden));

void app.start(link);
void keepOffline(() => app.idle());

/** A link to a result comes behind the #, which no server sees. It leaves the address bar before anything else happens. */
function takeLink(): string | undefined {
  const { hash } = location;
  if (hash === "") return undefined;
  history.replaceState(history.state, "", location.pathname);
  try {
    return decodeURIComponent(hash.slice(1));
  } catch {
    return hash.slice(1);
  }
}

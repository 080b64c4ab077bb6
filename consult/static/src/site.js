// What every page runs. Pages are whole without it.
import { Button, CharacterCount, Checkboxes, ErrorSummary, NotificationBanner, PasswordInput, Radios, ServiceNavigation, SkipLink, createAll } from "govuk-frontend";
import { takeCodeFromAddress } from "./code.js";
import { linkListsToMaps } from "./lists.js";
import { showKeysWhenAsked } from "./keys.js";
import { shrinkPhotos } from "./photos.js";
import { searchWithEnter } from "./places.js";
import { followCategory } from "./report.js";
import { decideByKey } from "./screening.js";
import { askBeforeLeaving } from "./minutes/leaving.js";
import { workBeforeSending } from "./sending.js";
import { goOnWithEnter } from "./sheets.js";
import { nameStackedTables } from "./tables.js";

for (const Component of [CharacterCount, Checkboxes, ErrorSummary, NotificationBanner, PasswordInput, Radios, ServiceNavigation, SkipLink]) {
  createAll(Component);
}
createAll(Button, { preventDoubleClick: true });
nameStackedTables();
linkListsToMaps();
showKeysWhenAsked();
searchWithEnter();
followCategory();
shrinkPhotos();
takeCodeFromAddress();
goOnWithEnter();
decideByKey();
workBeforeSending();
askBeforeLeaving();

if (document.querySelector("kmzb-map")) import("./map/element.js");

if (document.querySelector(".staff-menu__group")) import("./menus.js").then(({ closeMenus }) => closeMenus());

const minutes = document.querySelector("[data-live]");
if (minutes) import("./minutes/live.js").then(({ runMinutes }) => runMinutes(minutes));

if (document.querySelector("form[data-typing]")) import("./typing.js").then(({ lightCells }) => lightCells());

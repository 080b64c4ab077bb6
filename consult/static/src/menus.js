// The menu of the police closes when its reader turns to something else; Escape closes it and stays at its name.
export function closeMenus() {
  const groups = [...document.querySelectorAll(".staff-menu__group")];
  const closeOthers = ({ target }) => {
    for (const group of groups) if (group.open && !group.contains(target)) group.open = false;
  };
  if (!groups.length) return;
  document.addEventListener("pointerdown", closeOthers);
  document.addEventListener("focusin", closeOthers);
  document.addEventListener("keydown", (event) => {
    const open = event.key === "Escape" && groups.find((group) => group.open);
    if (!open) return;
    open.open = false;
    if (open.contains(document.activeElement)) open.querySelector("summary").focus();
  });
}

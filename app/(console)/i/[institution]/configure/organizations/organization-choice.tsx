"use client";

import { useEffect, useRef, useState } from "react";

interface OrganizationChoiceProps {
  label: string;
  /** The chosen one's id; null: none. */
  chosen: number | null;
  /** What choosing none is called. */
  none: string;
  organizations: readonly { id: number; name: string }[];
  disabled: boolean;
  onChoose: (id: number | null) => void;
}

/**
 * A choice among all organizations. It holds only the chosen one until somebody turns to it: a page has one of these for every school, and
 * all options in each would be the square of the schools.
 */
export function OrganizationChoice({ label, chosen, none, organizations, disabled, onChoose }: OrganizationChoiceProps) {
  const [isOpen, setIsOpen] = useState(false);
  const select = useRef<HTMLSelectElement>(null);
  const fill = () => setIsOpen(true);
  // Somebody may have turned to it before the page's code was there.
  useEffect(() => {
    if (document.activeElement === select.current) setIsOpen(true);
  }, []);
  return (
    <select
      ref={select}
      className="input sm school-select"
      aria-label={label}
      value={chosen ?? ""}
      disabled={disabled}
      onPointerDown={fill}
      onFocus={fill}
      onChange={(event) => onChoose(event.currentTarget.value === "" ? null : Number(event.currentTarget.value))}
    >
      <option value="">{none}</option>
      {organizations
        .filter(({ id }) => isOpen || id === chosen)
        .map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
    </select>
  );
}

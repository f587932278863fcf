/** The wordmark: a list with one line ticked. */
export function Brand() {
  return (
    <>
      <svg viewBox="0 0 20 20" fill="none" stroke="currentColor" strokeWidth="1.7" strokeLinecap="round" aria-hidden="true">
        <path d="M2.5 4.5h15M2.5 15.5h15M2.5 10h3.2M14.5 10h3" />
        <path d="M7.2 10.2 9.3 12.3 13 7.6" strokeWidth="2" strokeLinejoin="round" />
      </svg>
      Rollcall
    </>
  );
}

import Link from "next/link";

/** Inside the console: the same for what does not exist and what is not the reader's. */
export default function NotFound() {
  return (
    <main id="main" className="main">
      <h1 className="verdict">There is no such page here.</h1>
      <p className="lede">A run or a record of this address does not exist in this environment, or your role does not show it.</p>
      <p className="row wrap section">
        <Link className="btn go" href="/">
          Go to the status page
        </Link>
      </p>
    </main>
  );
}

import Link from "next/link";
import { Brand } from "./_components/brand";

/** The same for what does not exist and what is not the reader's. */
export default function NotFound() {
  return (
    <main id="main" className="main middle-main">
      <p>
        <Link className="brand" href="/">
          <Brand />
        </Link>
      </p>
      <h1 className="verdict section">There is no such page, or it is not yours to see.</h1>
      <p className="lede">Links in our mails need a sign-in with the address that the mail went to.</p>
      <p className="row wrap section">
        <Link className="btn go" href="/">
          Go to your institution
        </Link>
      </p>
    </main>
  );
}

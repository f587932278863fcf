import type { Metadata } from "next";
import { HelpContact } from "@/app/_components/help-contact";
import { Title } from "@/app/_components/page-head";
import { isSignUpOpen } from "@/server/services/sign-up/request";
import { AskToSignUp } from "./ask-to-sign-up";

export const metadata: Metadata = { title: "Set up an institution" };

/** For somebody whom nobody invited; where the vendor invites, it says how. */
export default function SignUpPage() {
  if (!isSignUpOpen()) {
    return (
      <>
        <Title lede="Your institution’s contact at the vendor sends it to your work e-mail. An owner or admin of your institution can invite you too.">
          You need an invitation to set up an institution
        </Title>
        <p className="sign-up-form">
          <HelpContact own={null} />
        </p>
      </>
    );
  }
  return (
    <>
      <Title lede="We send a link to your work e-mail. Nothing is made before you press it, and there is no password to remember.">
        Set up your institution
      </Title>
      <AskToSignUp zones={Intl.supportedValuesOf("timeZone")} />
    </>
  );
}

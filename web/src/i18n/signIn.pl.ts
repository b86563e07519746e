import type { SignInMessages } from "./signIn.en";

export const signInPl: SignInMessages = {
  "signIn.title": "Logowanie",
  "signIn.purpose": "Jedna osoba, jeden głos: Twoje imię łączy Twój głos z Twoimi zamówieniami.",
  "signIn.purposeAway": "Jedna osoba, jeden głos: Twój adres e‑mail łączy Twój głos z Twoimi zamówieniami. Zapyta o niego nasza strona logowania, a potem wrócisz tutaj i wszystko będzie tak, jak było.",
  "signIn.expired": "Twoje logowanie wygasło. Zaloguj się ponownie, a wrócimy do tego, co było zaczęte.",
  "signIn.name": "Twoje imię",
  "signIn.nameMissing": "Podaj swoje imię.",
  "signIn.organises": "Organizuję kampanie",
  "signIn.submit": "Zaloguj się i kontynuuj",
  "signIn.cancel": "Anuluj",
  "signIn.unavailable": "Logowanie nie jest tu w tej chwili możliwe.",

  "problem.sign_in_denied": "Logowanie zostało anulowane lub odrzucone, więc nikt nie jest zalogowany. Możesz spróbować ponownie.",
  "problem.sign_in_foreign": "Tego logowania nie rozpoczęto w tej karcie, więc nie zostało przyjęte. Zaloguj się stąd.",
  "problem.sign_in_late": "Logowanie trwało zbyt długo i jego kod stracił ważność. Zaloguj się jeszcze raz.",
  "problem.sign_in_unavailable": "Logowanie chwilowo nie odpowiada. Spróbuj ponownie za minutę.",
  "problem.sign_in_failed": "Logowanie się nie powiodło, więc nikt nie jest zalogowany. Spróbuj ponownie.",
};

import type { WaitingMessages } from "./waiting.en";

export const waitingPl: WaitingMessages = {
  "waiting.title": "Lista oczekujących",
  "waiting.how": {
    one: "Zwolnione miejsca proponujemy w kolejności zapisów. Na odpowiedź jest wtedy {count} godzina. Zapis jest bezpłatny i do niczego nie zobowiązuje.",
    few: "Zwolnione miejsca proponujemy w kolejności zapisów. Na odpowiedź są wtedy {count} godziny. Zapis jest bezpłatny i do niczego nie zobowiązuje.",
    many: "Zwolnione miejsca proponujemy w kolejności zapisów. Na odpowiedź jest wtedy {count} godzin. Zapis jest bezpłatny i do niczego nie zobowiązuje.",
    other: "Zwolnione miejsca proponujemy w kolejności zapisów. Na odpowiedź jest wtedy {count} godziny. Zapis jest bezpłatny i do niczego nie zobowiązuje.",
  },
  "waiting.whichUnits": "Ile sztuk",
  "waiting.all": {
    one: "Tylko {count} sztuka",
    few: "Tylko wszystkie {count} sztuki razem",
    many: "Tylko wszystkie {count} sztuk razem",
    other: "Tylko {count} sztuki razem",
  },
  "waiting.fewer": {
    one: "Do {count} sztuki",
    few: "Do {count} sztuk: mniej też wystarczy",
    many: "Do {count} sztuk: mniej też wystarczy",
    other: "Do {count} sztuki: mniej też wystarczy",
  },
  "waiting.join": "Zapisz się na listę",
  "waiting.working": "Chwileczkę…",
  "waiting.joined": "Twój zapis jest na liście oczekujących.",
  "waiting.first": "Twoje miejsce na liście: 1. Następna propozycja jest dla Ciebie.",
  "waiting.place": "Twoje miejsce na liście: {place}",
  "waiting.placeAtLeast": "Twoje miejsce na liście: {place} lub dalsze",
  "waiting.keepLooking": {
    one: "Gdy przyjdzie Twoja kolej, zobaczysz to tutaj. Na odpowiedź będzie {count} godzina.",
    few: "Gdy przyjdzie Twoja kolej, zobaczysz to tutaj. Na odpowiedź będą {count} godziny.",
    many: "Gdy przyjdzie Twoja kolej, zobaczysz to tutaj. Na odpowiedź będzie {count} godzin.",
    other: "Gdy przyjdzie Twoja kolej, zobaczysz to tutaj. Na odpowiedź będzie {count} godziny.",
  },
  "waiting.leave": "Wypisz się z listy",
  "waiting.left": "Nie ma Cię już na liście i nic nie jest dla Ciebie zarezerwowane.",
  "waiting.turn": "Twoja kolej.",
  "waiting.offered": {
    one: "{count} sztuka czeka na Ciebie do: {soon}. Czas minie {ahead}.",
    few: "{count} sztuki czekają na Ciebie do: {soon}. Czas minie {ahead}.",
    many: "{count} sztuk czeka na Ciebie do: {soon}. Czas minie {ahead}.",
    other: "{count} sztuki czeka na Ciebie do: {soon}. Czas minie {ahead}.",
  },
  "waiting.offeredFewer": "To mniej, niż w zapisie: więcej w tej chwili nie ma.",
  "waiting.take": "Zamów za najwyżej {most}",
  "waiting.decline": "Rezygnuję: niech dostanie następna osoba",
  "waiting.lapsed": "Twój zapis wygasł: propozycja nie została przyjęta na czas albo sprzedaż się skończyła. Można zapisać się ponownie.",

  "problem.room_left": "Znów jest miejsce: możesz zamówić od razu, bez czekania.",
  "problem.already_waiting": "Twój zapis już jest na tej liście albo masz propozycję. Najpierw się wypisz, aby czekać na coś innego.",
  "problem.entry_missing": "Nie ma Cię na tej liście oczekujących.",
};
